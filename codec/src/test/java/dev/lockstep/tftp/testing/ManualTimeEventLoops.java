package dev.lockstep.tftp.testing;

import dev.lockstep.tftp.internal.transport.Transport;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Event loops whose time only the test advances, while datagrams pass through real sockets. No timeout expires because
 * the machine is busy.
 */
public final class ManualTimeEventLoops extends MultiThreadIoEventLoopGroup {
    /**
     * The time at the start. A selector computes its timeout from a deadline and the time of the system: as all
     * deadlines are years ahead of that, it blocks until it is woken.
     */
    private static final Duration START = Duration.ofDays(1000);

    private final Clock time;

    /** A clock that stands still until the event loops are shut down. */
    private static final class Clock implements Ticker {
        private volatile long now = START.toNanos();
        private volatile boolean isReleased;

        @Override
        public long initialNanoTime() {
            return 0;
        }

        @Override
        public long nanoTime() {
            return isReleased ? now + System.nanoTime() : now;
        }

        @Override
        public void sleep(long delay, TimeUnit unit) {
            throw new UnsupportedOperationException();
        }
    }

    /** Creates event loops on daemon threads for the sockets of {@link Transport#best}. */
    public ManualTimeEventLoops(int threads) {
        this(threads, new Clock());
    }

    private ManualTimeEventLoops(int threads, Clock time) {
        super(threads, new DefaultThreadFactory("manual-time", true), handlers(), time);
        this.time = time;
    }

    private static IoHandlerFactory handlers() {
        return Transport.best() == Transport.EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    }

    @Override
    protected IoEventLoop newChild(Executor executor, IoHandlerFactory handlers, Object... arguments) {
        Ticker ticker = (Ticker) arguments[0];
        return new SingleThreadIoEventLoop(this, executor, handlers) {
            @Override
            public Ticker ticker() {
                return ticker;
            }
        };
    }

    @Override
    public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
        time.isReleased = true; // shutting down takes time
        return super.shutdownGracefully(quietPeriod, timeout, unit);
    }

    /** Advances the time. Must be called by one thread. Returns when all tasks that are due have run and their datagrams have been sent. */
    public void advance(Duration span) {
        time.now += span.toNanos();
        for (EventExecutor loop : this) {
            loop.submit(() -> {}).syncUninterruptibly(); // scheduled tasks that are due are queued behind it
            loop.submit(() -> {}).syncUninterruptibly();
        }
    }
}
