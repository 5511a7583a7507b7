package dev.lockstep.tftp.server.internal.listener;

import dev.lockstep.tftp.event.TransferListener;
import dev.lockstep.tftp.internal.channel.TransferContext;
import dev.lockstep.tftp.internal.channel.file.BufferBudget;
import dev.lockstep.tftp.internal.channel.file.SourceChunkReader;
import dev.lockstep.tftp.internal.transport.Transport;
import dev.lockstep.tftp.io.RateLimiter;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.server.BuiltConfig;
import dev.lockstep.tftp.server.PortMode;
import dev.lockstep.tftp.server.TftpServer;
import dev.lockstep.tftp.server.internal.ServerConfig;
import dev.lockstep.tftp.server.internal.session.FileOpenQueue;
import dev.lockstep.tftp.server.internal.session.TransferQuota;
import dev.lockstep.tftp.server.storage.Storage;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * The listener of a server with all its transfers on one port, without a socket. The test passes in the datagrams of
 * the clients and advances the time. {@link #check} rethrows the exceptions of handlers.
 */
public final class EmbeddedListener {
    /** The listening address. */
    public static final InetSocketAddress ADDRESS = new InetSocketAddress("127.0.0.1", 69);

    private static final long MEMORY = 64 * 1024;

    private final BufferBudget budget = new BufferBudget(MEMORY);
    private final TransferQuota quota;
    private final List<Channel> channels = new ArrayList<>();
    private final ByteBufAllocator allocator;
    private final EmbeddedChannel channel;
    private final Last last = new Last();
    private Throwable thrown;

    /** Creates a listener that allocates all its buffers from the given allocator. */
    public EmbeddedListener(
            Storage files,
            TransferLimits limits,
            Executor io,
            ByteBufAllocator allocator,
            TransferListener listener,
            int mostTransfers) {
        this.allocator = allocator;
        this.quota = new TransferQuota(mostTransfers, mostTransfers);
        ServerConfig config = BuiltConfig.of(TftpServer.builder()
                .storage(files)
                .limits(limits)
                .maxTransfers(mostTransfers, mostTransfers)
                .portModes(peer -> PortMode.SINGLE)
                .tap((peer, request) -> new Witness()));
        TransferContext context = new TransferContext(
                limits,
                io,
                budget,
                allocator,
                false,
                listener,
                Long.MAX_VALUE,
                RateLimiter.UNLIMITED,
                SourceChunkReader::new);
        FileOpenQueue openings = new FileOpenQueue(io);
        ListenerContext shared = new ListenerContext(config, context, Transport.best(), quota, storage -> openings);
        channel = new EmbeddedChannel() {
            @Override
            protected SocketAddress localAddress0() {
                return ADDRESS;
            }
        };
        channel.freezeTime();
        channel.config().setAllocator(allocator);
        channel.pipeline().addLast(new ListenerInitializer(shared, address -> false));
        channel.pipeline().fireChannelActive();
    }

    /** The last handler of all transfers, which records exceptions that no other handler caught. */
    @Sharable
    private final class Last extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            thrown = cause;
        }
    }

    /** The first handler of a transfer, which sets the allocator and keeps the last handler at the end. */
    private final class Witness extends ChannelInboundHandlerAdapter {
        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            ctx.channel().config().setAllocator(allocator);
            channels.add(ctx.channel());
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            moveLast(ctx);
            ctx.fireChannelActive();
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            moveLast(ctx);
            ctx.fireChannelRead(msg);
        }

        private void moveLast(ChannelHandlerContext ctx) {
            if (ctx.pipeline().last() != last) {
                if (ctx.pipeline().context(last) != null) {
                    ctx.pipeline().remove(last);
                }
                ctx.pipeline().addLast(last);
            }
        }
    }

    /** Receives a datagram of that client. */
    public void receive(InetSocketAddress client, byte[] datagram) {
        channel.writeInbound(new DatagramPacket(Unpooled.wrappedBuffer(datagram), ADDRESS, client));
    }

    /** Advances the time and runs the tasks that become due. */
    public void pass(long millis) {
        channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        settle();
    }

    /** Runs the pending tasks of the event loop. */
    public void settle() {
        channel.runPendingTasks();
    }

    /** Returns the next sent datagram, which the caller must release; null if there is none. */
    public DatagramPacket sent() {
        return channel.readOutbound();
    }

    /** Throws the exception of a handler of the listener or of a transfer, if there was one. */
    public void check() {
        channel.checkException();
        if (thrown != null) {
            throw new AssertionError("exception in the pipeline of a transfer", thrown);
        }
    }

    /** Returns whether there are running transfers, or memory reserved for them. */
    public boolean isBusy() {
        channels.removeIf(channel -> !channel.isOpen());
        return !channels.isEmpty() || quota.running() != 0 || budget.used() != 0;
    }

    /** Closes the listener. */
    public void close() {
        channel.finishAndReleaseAll();
    }

    @Override
    public String toString() {
        return channels.size() + " transfers open, " + quota.running() + " running, " + budget.used()
                + " bytes reserved";
    }
}
