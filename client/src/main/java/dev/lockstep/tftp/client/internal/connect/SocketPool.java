package dev.lockstep.tftp.client.internal.connect;

import dev.lockstep.tftp.internal.channel.UnknownTidResponder;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramPacket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * A pool of sockets. When a transfer has ended its socket stays open. It serves another transfer after a quiet time.
 * Without the pool, thousands of small transfers a second spend a third of their time on opening and closing sockets.
 *
 * <p>During the quiet time late datagrams of the previous transfer are answered with ERROR 5 instead of reaching
 * another transfer.
 */
public final class SocketPool implements ClientSockets {
    private record Kind(EventLoop loop, Needs needs) {}

    private final ClientSockets fresh;
    private final long quietTime;
    private final PreviousPeers previousPeers;
    private final Map<Kind, Deque<PooledSocket>> idleSockets =
            new ConcurrentHashMap<>(); // each queue belongs to one event loop
    private volatile boolean closed;

    /**
     * Creates a pool that opens its sockets with {@code fresh}.
     *
     * @param previousPeers records the senders of late datagrams. A server that has not read its ERROR 5 yet answers the
     *     next request from a port that it is about to close, because it takes the request for a repeated one
     */
    public SocketPool(ClientSockets fresh, Duration quietTime, PreviousPeers previousPeers) {
        this.fresh = fresh;
        this.quietTime = quietTime.toNanos();
        this.previousPeers = previousPeers;
    }

    @Override
    public void open(EventLoop loop, Needs needs, Consumer<ChannelPipeline> addHandlers, Consumer<Throwable> failed) {
        Deque<PooledSocket> queue = idleSockets.computeIfAbsent(new Kind(loop, needs), kind -> new ArrayDeque<>());
        PooledSocket longest = queue.peekFirst();
        if (longest != null && loop.ticker().nanoTime() - longest.idleSince >= quietTime) {
            queue.removeFirst().reuse(addHandlers);
            return;
        }
        Consumer<ChannelPipeline> addAllHandlers = pipeline -> {
            pipeline.addLast(new PooledSocket(queue));
            addHandlers.accept(pipeline);
        };
        fresh.open(loop, needs, addAllHandlers, failure -> {
            PooledSocket other = queue.pollFirst(); // all ports are in use: end a quiet time early instead of failing
            if (other == null) {
                failed.accept(failure);
            } else {
                other.reuse(addHandlers);
            }
        });
    }

    @Override
    public void close() {
        closed = true;
    }

    /**
     * The first handler of a socket. When the transfer closes the channel, it puts the socket into the pool instead.
     */
    private final class PooledSocket extends ChannelDuplexHandler {
        private final Deque<PooledSocket> queue;
        private final UnknownTidResponder unknownTids = new UnknownTidResponder();
        private Channel channel;
        private boolean isIdle;
        private boolean isBroken;
        private long idleSince;

        PooledSocket(Deque<PooledSocket> queue) {
            this.queue = queue;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            channel = ctx.channel();
        }

        void reuse(Consumer<ChannelPipeline> addHandlers) {
            isIdle = false;
            addHandlers.accept(channel.pipeline());
            channel.pipeline().fireChannelActive();
        }

        @Override
        public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
            if (closed || isBroken || !channel.isActive()) {
                ctx.close(promise);
                return;
            }
            while (channel.pipeline().last() != this) {
                channel.pipeline().removeLast();
            }
            if (!isIdle) {
                isIdle = true;
                idleSince = ctx.executor().ticker().nanoTime();
                queue.addLast(this);
            }
            promise.trySuccess();
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            if (!isIdle) {
                ctx.fireChannelRead(msg);
                return;
            }
            DatagramPacket late = (DatagramPacket) msg;
            previousPeers.add(channel, late.sender());
            unknownTids.respond(ctx, late);
            late.release();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            isBroken = true;
            ctx.fireExceptionCaught(cause);
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            queue.remove(this);
            ctx.fireChannelInactive();
        }
    }
}
