package dev.lockstep.tftp.junit;

import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.internal.transport.Transport;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The threads of all servers of a JVM. They start with the first server and end when the last one is closed, so that a
 * further server starts no thread.
 */
@ThreadSafe
final class SharedResources implements AutoCloseable {
    private static final int MAX_EVENT_LOOPS = 4;
    /** Threads for the files. A test may block some of them for a while. */
    private static final int MAX_IO_THREADS = 32;

    private static final long SHUTDOWN_SECONDS = 5;

    private static int users;
    private static EventLoopGroup loops;
    private static ThreadPoolExecutor io;

    private final EventLoop loop;
    private final Executor files;
    private final AtomicBoolean closed = new AtomicBoolean();

    private SharedResources(EventLoop loop, Executor files) {
        this.loop = loop;
        this.files = files;
    }

    /** Returns the resources of one user, which closes them. */
    static SharedResources acquire() {
        synchronized (SharedResources.class) {
            if (users++ == 0) {
                int threads = Math.min(MAX_EVENT_LOOPS, Runtime.getRuntime().availableProcessors());
                loops = Transport.NIO.newGroup(threads, "tftp-fixture");
                io = new ThreadPoolExecutor(
                        MAX_IO_THREADS,
                        MAX_IO_THREADS,
                        1,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        new DefaultThreadFactory("tftp-fixture-io", true));
                io.allowCoreThreadTimeOut(true);
            }
            return new SharedResources(loops.next(), io);
        }
    }

    /** Returns the number of users. */
    static int users() {
        synchronized (SharedResources.class) {
            return users;
        }
    }

    /** Returns the event loop of this user. */
    EventLoop loop() {
        return loop;
    }

    /** Returns the threads that open, read and write files. */
    Executor files() {
        return files;
    }

    /** Ends the threads if this is the last user. */
    @Override
    @Blocking
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        synchronized (SharedResources.class) {
            if (--users > 0) {
                return;
            }
            io.shutdown();
            loops.shutdownGracefully(0, SHUTDOWN_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
            try {
                io.awaitTermination(SHUTDOWN_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            io = null;
            loops = null;
        }
    }
}
