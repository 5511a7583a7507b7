package dev.lockstep.tftp.server.internal.session;

import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.server.storage.Storage;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * The I/O executors of a server: one for each group of storages, and one for other tasks. By default, each is an {@link
 * IoPool}.
 */
@ThreadSafe
public final class IoPools {
    private final LongSupplier clock;
    private final IoPool general;
    private final Function<Object, ? extends Executor> executors;
    private final Map<Object, IoPool> pools = new ConcurrentHashMap<>();
    private final Map<Object, FileOpenQueue> queues = new ConcurrentHashMap<>();

    /**
     * Creates the executors.
     *
     * @param clock the time in nanoseconds
     * @param executors returns the executor of a group, which its owner shuts down; null for pools of threads that are
     *     replaced when they are stuck
     */
    public IoPools(LongSupplier clock, Function<Object, ? extends Executor> executors) {
        this.clock = clock;
        this.general = new IoPool("the network", clock);
        this.executors = executors == null ? this::pool : executors;
    }

    /** Returns the pool for tasks that use no storage. */
    public Executor general() {
        return general;
    }

    /** Returns the queue in which files of a storage wait for the executor of its group. */
    public FileOpenQueue openings(Storage storage) {
        return queues.computeIfAbsent(storage.ioGroup(), group -> new FileOpenQueue(executors.apply(group)));
    }

    /** Returns the pool of the storage's group. */
    IoPool pool(Object group) {
        return pools.computeIfAbsent(group, each -> new IoPool(each.toString(), clock));
    }

    /** Replaces the stuck threads of all groups; see {@link IoPool#replaceStuck}. Must be called periodically. */
    public void replaceStuck() {
        pools.values().forEach(IoPool::replaceStuck);
    }

    /**
     * Returns true if files can be served; false if the threads of a storage are all stuck and the limit is reached,
     * unless another storage responds. A storage that is not in use does not count as one that responds. Nothing is
     * known about executors of the embedding program.
     */
    public boolean isServing() {
        return pools.values().stream().noneMatch(IoPool::isExhausted)
                || pools.values().stream().anyMatch(IoPool::isResponding);
    }

    /** Rejects new tasks. */
    public void shutdown() {
        general.shutdown();
        pools.values().forEach(IoPool::shutdown);
    }

    /**
     * Waits for running tasks of the storages, except for those on executors of the embedding program.
     *
     * @param timeout the timeout wait for all pools together
     */
    public void awaitTermination(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        for (IoPool pool : pools.values()) {
            pool.awaitTermination(deadline - System.nanoTime());
        }
    }
}
