package dev.lockstep.tftp.client.load;

import dev.lockstep.tftp.codec.Strictness;
import dev.lockstep.tftp.codec.TftpCodec;
import dev.lockstep.tftp.codec.TftpDatagramCodec;
import dev.lockstep.tftp.codec.TftpMessage.Ack;
import dev.lockstep.tftp.codec.TftpMessage.OptionAck;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.event.TransferListener;
import dev.lockstep.tftp.internal.channel.NegotiatedTransfer;
import dev.lockstep.tftp.internal.channel.PeerFilter;
import dev.lockstep.tftp.internal.channel.TransferContext;
import dev.lockstep.tftp.internal.channel.TransferHandler;
import dev.lockstep.tftp.internal.channel.TransferIds;
import dev.lockstep.tftp.internal.channel.file.BufferBudget;
import dev.lockstep.tftp.internal.channel.file.SourceChunkReader;
import dev.lockstep.tftp.internal.transport.Transport;
import dev.lockstep.tftp.io.RateLimiter;
import dev.lockstep.tftp.negotiation.Negotiation;
import dev.lockstep.tftp.negotiation.Quirks;
import dev.lockstep.tftp.negotiation.TransferLimits;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AddressedEnvelope;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A server on the loopback interface for the warm-up of the client. Any name is a file of the same size, and uploads
 * are discarded.
 */
final class WarmUpServer implements AutoCloseable {
    private final Transport transport = Transport.best();
    private final EventLoopGroup loops = transport.newGroup(1, "tftp-warm-up");
    private final long size;
    private final TransferContext context;
    private final Channel listening;

    /**
     * Starts the server.
     *
     * @param size the size of each file in bytes
     */
    WarmUpServer(long size) {
        this.size = size;
        this.context = new TransferContext(
                TransferLimits.DEFAULT.withTimes(Duration.ZERO, Duration.ofSeconds(30), Duration.ZERO),
                Runnable::run,
                BufferBudget.ofDirectMemory(Runtime.getRuntime().maxMemory() / 16),
                PooledByteBufAllocator.DEFAULT,
                transport.segments(),
                TransferListener.NONE,
                Long.MAX_VALUE,
                RateLimiter.UNLIMITED,
                SourceChunkReader::new);
        ChannelFuture opened = open(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(TftpDatagramCodec.addressed(Strictness.STRICT), new Listener());
            }
        });
        this.listening = opened.syncUninterruptibly().channel();
    }

    /** Returns the address of the listening socket. */
    InetSocketAddress address() {
        return (InetSocketAddress) listening.localAddress();
    }

    private ChannelFuture open(ChannelInitializer<Channel> handlers) {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        Bootstrap bootstrap = new Bootstrap()
                .group(loops)
                .channelFactory(transport.socketsFor(loopback))
                .handler(handlers);
        transport.expect(bootstrap, TransferLimits.DEFAULT.blksize() + TftpCodec.DATA_HEADER, true);
        return bootstrap.bind(loopback, 0);
    }

    private final class Listener extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            if (msg instanceof AddressedEnvelope<?, ?> packet
                    && packet.content() instanceof Request request
                    && packet.sender() instanceof InetSocketAddress client) {
                open(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new Opening(client, request));
                    }
                });
            }
            ReferenceCountUtil.release(msg);
        }
    }

    /** Starts one transfer when its channel is active. */
    private final class Opening extends ChannelInboundHandlerAdapter {
        private final InetSocketAddress client;
        private final Request request;

        Opening(InetSocketAddress client, Request request) {
            this.client = client;
            this.request = request;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            PatternSource file = request instanceof ReadRequest ? new PatternSource(size) : null;
            Negotiation.Grant grant =
                    Negotiation.answer(Negotiation.Terms.of(request, context.limits(), Quirks.NONE, file));
            OptionAck oack = grant.oack().isEmpty() ? null : new OptionAck(grant.oack());
            NegotiatedTransfer transfer = new NegotiatedTransfer(
                    TransferIds.next(),
                    client,
                    request,
                    grant.settings(),
                    grant.oack(),
                    ctx.executor().ticker().nanoTime(),
                    0);
            PeerFilter filter = new PeerFilter(client);
            filter.restrictTo(client);
            ChannelPipeline pipeline = ctx.pipeline();
            pipeline.addLast(filter, TftpDatagramCodec.INSTANCE);
            pipeline.remove(this);
            TransferHandler handler = file != null
                    ? TransferHandler.sending(context, transfer, oack, file)
                    : TransferHandler.receiving(
                            context,
                            transfer,
                            oack == null ? new Ack(0) : oack,
                            new VerifyingSink(ExpectedContent.learnt()));
            handler.addTo(pipeline);
        }
    }

    @Override
    public void close() {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
