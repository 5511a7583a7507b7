package dev.lockstep.tftp.server.internal.session;

import dev.lockstep.tftp.concurrent.ThreadSafe;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The I/O threads of one group of storages. A thread whose file operation does not return, for example on an
 * unreachable NFS server or a FIFO without a writer, cannot be interrupted; another thread is started in its place, up
 * to a limit.
 */
@ThreadSafe
final class IoPool implements Executor {
    static final int THREADS = 16;
    /** Limit of the threads that are started in place of stuck ones. */
    static final int SPARE_THREADS = 48;
    /** Time after which a file operation counts as stuck. */
    static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final Logger LOG = LoggerFactory.getLogger(IoPool.class);
    private static final int KEEP_ALIVE_SECONDS = 10;

    private final String name;
    private final LongSupplier clock;
    private final Map<Thread, Long> busySince = new ConcurrentHashMap<>();
    private final ThreadPoolExecutor threads;
    private volatile int stuck;
    private volatile long progressAt;
    private long completed;

    /**
     * Creates a pool. Its threads are started on demand and end when they are idle.
     *
     * @param name the name of the group in the log
     * @param clock the time in nanoseconds
     */
    IoPool(String name, LongSupplier clock) {
        this.name = name;
        this.clock = clock;
        this.threads =
                new ThreadPoolExecutor(
                        THREADS,
                        THREADS,
                        KEEP_ALIVE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        new DefaultThreadFactory("tftp-io", true)) {
                    @Override
                    protected void beforeExecute(Thread thread, Runnable task) {
                        busySince.put(thread, clock.getAsLong());
                    }

                    @Override
                    protected void afterExecute(Runnable task, Throwable failure) {
                        busySince.remove(Thread.currentThread());
                    }
                };
        threads.allowCoreThreadTimeOut(true);
        this.progressAt = clock.getAsLong();
    }

    @Override
    public void execute(Runnable task) {
        threads.execute(task);
    }

    /** Starts a thread in place of each stuck one. Removes it again when the stuck thread has recovered. */
    synchronized void replaceStuck() {
        long now = clock.getAsLong();
        long done = threads.getCompletedTaskCount();
        if (done != completed) {
            completed = done;
            progressAt = now;
        }
        int found = (int) busySince.values().stream()
                .filter(since -> now - since >= STUCK_NANOS)
                .count();
        if (found == stuck) {
            return;
        }
        int size = THREADS + Math.min(found, SPARE_THREADS);
        if (size > threads.getMaximumPoolSize()) {
            threads.setMaximumPoolSize(size);
            threads.setCorePoolSize(size);
        } else {
            threads.setCorePoolSize(size);
            threads.setMaximumPoolSize(size);
        }
        if (found > stuck) {
            LOG.warn(
                    "I/O threads stuck for {}: {} (expected: a file operation ends within {} s; at most {} threads)",
                    name,
                    found,
                    TimeUnit.NANOSECONDS.toSeconds(STUCK_NANOS),
                    THREADS + SPARE_THREADS);
        }
        stuck = found;
    }

    /**
     * Returns true if all threads are stuck, the limit is reached and no operation has ended for as long, as of the last
     * {@link #replaceStuck}. A slow disk, on which each operation ends late, is not exhausted.
     */
    boolean isExhausted() {
        return stuck >= THREADS + SPARE_THREADS && !isResponding();
    }

    /** Returns true if an operation has ended within {@link #STUCK_NANOS}, as of the last {@link #replaceStuck}. */
    boolean isResponding() {
        return clock.getAsLong() - progressAt < STUCK_NANOS;
    }

    /** Returns the current limit of threads. */
    int size() {
        return threads.getMaximumPoolSize();
    }

    /** Rejects new tasks; see {@link ThreadPoolExecutor#shutdown}. */
    void shutdown() {
        threads.shutdown();
    }

    /**
     * Waits for running tasks; see {@link ThreadPoolExecutor#awaitTermination}.
     *
     * @param nanos the longest wait in nanoseconds
     * @return false if tasks were still running after that time
     */
    boolean awaitTermination(long nanos) throws InterruptedException {
        return threads.awaitTermination(nanos, TimeUnit.NANOSECONDS);
    }
}
