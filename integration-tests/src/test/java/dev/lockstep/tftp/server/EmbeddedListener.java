package dev.lockstep.tftp.server;

import dev.lockstep.tftp.channel.BufferBudget;
import dev.lockstep.tftp.channel.TransferContext;
import dev.lockstep.tftp.channel.Transport;
import dev.lockstep.tftp.server.storage.Storage;
import dev.lockstep.tftp.transfer.Limits;
import dev.lockstep.tftp.transfer.TransferListener;
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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * The listener of a server with all its children on one port, without a socket: what the clients sent is handed in, and
 * time passes when it is told to. What a handler throws comes out of {@link #check}.
 */
public final class EmbeddedListener {
    /** Where it listens. */
    public static final InetSocketAddress ADDRESS = new InetSocketAddress("127.0.0.1", 69);

    private static final long MEMORY = 64 * 1024;

    private final BufferBudget budget = new BufferBudget(MEMORY);
    private final TransferQuota admission;
    private final List<Channel> children = new ArrayList<>();
    private final ByteBufAllocator allocator;
    private final EmbeddedChannel channel;
    private final Last last = new Last();
    private Throwable thrown;

    /** A listener that keeps all its buffers in that allocator. */
    public EmbeddedListener(
            Storage files,
            Limits limits,
            Executor io,
            ByteBufAllocator allocator,
            TransferListener listener,
            int mostTransfers) {
        this.allocator = allocator;
        this.admission = new TransferQuota(mostTransfers, mostTransfers);
        ServerConfig config = new TftpServerBuilder()
                .storage(files)
                .limits(limits)
                .portModes(peer -> PortMode.SINGLE)
                .tap((peer, request) -> new Witness())
                .config();
        TransferContext context = new TransferContext(limits, io, budget, allocator, false, listener, Long.MAX_VALUE);
        FileOpenQueue openings = new FileOpenQueue(io);
        Map<TransferKey, SharedPort> sharedPortOwners = new ConcurrentHashMap<>();
        ListenerContext shared = new ListenerContext(
                address -> false,
                new PortPool(),
                sharedPortOwners,
                new ReplyBudget(config.unvalidated(), 42),
                storage -> openings,
                new UnvalidatedTransfers(config.unvalidated().requests()),
                new EvictionQueue(mostTransfers));
        channel = new EmbeddedChannel() {
            @Override
            protected SocketAddress localAddress0() {
                return ADDRESS;
            }
        };
        channel.freezeTime();
        channel.config().setAllocator(allocator);
        channel.pipeline().addLast(new ListenerHandler(config, context, Transport.best(), admission, shared));
        channel.pipeline().fireChannelActive();
    }

    /** The last handler of all children: catches what nobody else did. */
    @Sharable
    private final class Last extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            thrown = cause;
        }
    }

    /** The first handler of a child: gives it the allocator, and sees to it that the last one stays the last. */
    private final class Witness extends ChannelInboundHandlerAdapter {
        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            ctx.channel().config().setAllocator(allocator);
            children.add(ctx.channel());
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

    /** A datagram of that client. */
    public void receive(InetSocketAddress client, byte[] datagram) {
        channel.writeInbound(new DatagramPacket(Unpooled.wrappedBuffer(datagram), ADDRESS, client));
    }

    /** Lets that much time pass, with what falls due in it. */
    public void pass(long millis) {
        channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        settle();
    }

    /** Does what the event loop has to do. */
    public void settle() {
        channel.runPendingTasks();
    }

    /** What was sent next, which is the caller's to release; null if there is nothing more. */
    public DatagramPacket sent() {
        return channel.readOutbound();
    }

    /** Throws what a handler of the listener or of a child threw. */
    public void check() {
        channel.checkException();
        if (thrown != null) {
            throw new AssertionError("out of the pipeline of a child", thrown);
        }
    }

    /** Whether there are children, or memory that was taken for them. */
    public boolean isBusy() {
        children.removeIf(child -> !child.isOpen());
        return !children.isEmpty() || admission.running() != 0 || budget.used() != 0;
    }

    /** Ends it. */
    public void close() {
        channel.finishAndReleaseAll();
    }

    @Override
    public String toString() {
        return children.size() + " children, " + admission.running() + " running, " + budget.used() + " octets taken";
    }
}
