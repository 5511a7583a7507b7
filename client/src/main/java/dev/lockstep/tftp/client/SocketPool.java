package dev.lockstep.tftp.client;

import dev.lockstep.tftp.channel.UnknownTidResponder;
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
 * Sockets that serve one transfer after another: a socket whose transfer has ended stays open, and has the next one
 * when it has rested. Thousands of small transfers a second otherwise spend a third of their time on opening and
 * closing. It rests so that a late datagram of its last transfer meets nobody else; who sends one is told so.
 */
final class SocketPool implements ClientSockets {
    private record Kind(EventLoop loop, Needs needs) {}

    private final ClientSockets fresh;
    private final long rest;
    private final Map<Kind, Deque<Rester>> resting = new ConcurrentHashMap<>(); // each queue is of one event loop
    private volatile boolean closed;

    /** Sockets that come from there. */
    SocketPool(ClientSockets fresh, Duration rest) {
        this.fresh = fresh;
        this.rest = rest.toNanos();
    }

    @Override
    public void open(EventLoop loop, Needs needs, Consumer<ChannelPipeline> furnish, Consumer<Throwable> failed) {
        Deque<Rester> queue = resting.computeIfAbsent(new Kind(loop, needs), kind -> new ArrayDeque<>());
        Rester longest = queue.peekFirst();
        if (longest != null && loop.ticker().nanoTime() - longest.since >= rest) {
            queue.removeFirst().wake(furnish);
            return;
        }
        Consumer<ChannelPipeline> furnishFirst = pipeline -> {
            pipeline.addLast(new Rester(queue));
            furnish.accept(pipeline);
        };
        fresh.open(loop, needs, furnishFirst, failure -> {
            Rester other = queue.pollFirst(); // there are no more ports: rather too early than not at all
            if (other == null) {
                failed.accept(failure);
            } else {
                other.wake(furnish);
            }
        });
    }

    @Override
    public void close() {
        closed = true;
    }

    /** The first handler of a socket: has it rest where a transfer would close it. */
    private final class Rester extends ChannelDuplexHandler {
        private final Deque<Rester> queue;
        private final UnknownTidResponder strangers = new UnknownTidResponder();
        private Channel channel;
        private boolean isResting;
        private boolean isBroken;
        private long since;

        Rester(Deque<Rester> queue) {
            this.queue = queue;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            channel = ctx.channel();
        }

        void wake(Consumer<ChannelPipeline> furnish) {
            isResting = false;
            furnish.accept(channel.pipeline());
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
            if (!isResting) {
                isResting = true;
                since = ctx.executor().ticker().nanoTime();
                queue.addLast(this);
            }
            promise.trySuccess();
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            if (!isResting) {
                ctx.fireChannelRead(msg);
                return;
            }
            DatagramPacket late = (DatagramPacket) msg;
            strangers.turnAway(ctx, late);
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
