package dev.lockstep.tftp.server.internal.service;

import dev.lockstep.tftp.internal.text.LogSanitizer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles one probe connection. Both ends number the steps of the exchange in common:
 *
 * <pre>
 *   client                                         server
 *   [1] Send: Hi, server! I'm client.  ─────────►  [2] Recv: Hi, server! I'm client.
 *   [4] Recv: Hi, client! I'm server.  ◄─────────  [3] Send: Hi, client! I'm server.
 *   [5] Close Socket                   ─────────►  [6] Close Socket
 * </pre>
 *
 * <p>The client may send any line. Further input is ignored, and the connection is closed after five seconds.
 */
final class ProbeHandler extends SimpleChannelInboundHandler<ByteBuf> {
    static final String ANSWER = "Hi, client! I'm server.";
    static final int LONGEST_LINE = 256;
    static final int TIMEOUT_SECONDS = 5;

    private static final Logger LOG = LoggerFactory.getLogger("tftpd");

    private Future<?> deadline;
    private ChannelFuture answer;

    private ProbeHandler() {}

    static void addTo(ChannelPipeline pipeline) {
        pipeline.addLast(new LineBasedFrameDecoder(LONGEST_LINE, true, true), new ProbeHandler());
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        // a total timeout: a client that sends one byte per second would never reach an idle timeout
        deadline = ctx.executor().schedule(() -> ctx.close(), TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf line) {
        if (answer == null) {
            LOG.debug("[2] Recv: {}", LogSanitizer.of(line.toString(StandardCharsets.UTF_8)));
            LOG.debug("[3] Send: {}", ANSWER);
            answer = ctx.writeAndFlush(ByteBufUtil.writeUtf8(ctx.alloc(), ANSWER + "\n"));
            // closes the output at once, for clients that read to the end of the stream
            answer.addListener(sent -> closeOutput(ctx.channel()));
        }
    }

    private static void closeOutput(Channel channel) {
        if (channel instanceof DuplexChannel socket) {
            socket.shutdownOutput();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            if (answer == null) {
                ctx.close();
            } else {
                answer.addListener(ChannelFutureListener.CLOSE);
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        deadline.cancel(false);
        if (answer != null) {
            LOG.debug("[6] Close Socket");
        }
    }

    /**
     * Closes the connection if the line is too long, or the connection was reset. In neither case can the client be
     * answered.
     */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
