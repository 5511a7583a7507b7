package dev.lockstep.tftp.server.service;

import dev.lockstep.tftp.channel.LogSanitizer;
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
 * One probe. Both ends count the steps of their conversation together:
 *
 * <pre>
 *   client                                         server
 *   [1] Send: Hi, server! I'm client.  ─────────►  [2] Recv: Hi, server! I'm client.
 *   [4] Recv: Hi, client! I'm server.  ◄─────────  [3] Send: Hi, client! I'm server.
 *   [5] Close Socket                   ─────────►  [6] Close Socket
 * </pre>
 *
 * <p>Any line will do in place of the first. Whatever else comes is not listened to, and all is over after five seconds.
 */
final class ProbeHandler extends SimpleChannelInboundHandler<ByteBuf> {
    static final String ANSWER = "Hi, client! I'm server.";
    static final int LONGEST_LINE = 256;
    static final int PATIENCE_SECONDS = 5;

    private static final Logger LOG = LoggerFactory.getLogger("tftpd");

    private Future<?> deadline;
    private ChannelFuture answer;

    private ProbeHandler() {}

    static void addTo(ChannelPipeline pipeline) {
        pipeline.addLast(new LineBasedFrameDecoder(LONGEST_LINE, true, true), new ProbeHandler());
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        // from the beginning, whatever comes: one octet a second would keep an idle timeout quiet for ever
        deadline = ctx.executor().schedule(() -> ctx.close(), PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf line) {
        if (answer == null) {
            LOG.debug("[2] Recv: {}", LogSanitizer.of(line.toString(StandardCharsets.UTF_8)));
            LOG.debug("[3] Send: {}", ANSWER);
            answer = ctx.writeAndFlush(ByteBufUtil.writeUtf8(ctx.alloc(), ANSWER + "\n"));
            // a client that reads to the end is not kept waiting; one that closes first is not hurt
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

    /** A line that never ends, or a connection that was reset: in neither case is there anybody to answer. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
