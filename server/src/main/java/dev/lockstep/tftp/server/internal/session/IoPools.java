package dev.lockstep.tftp.server.internal.session;

import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.server.storage.Storage;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/** All I/O threads of a server: one pool for each group of storages, and one for other tasks. */
@ThreadSafe
public final class IoPools {
    private final LongSupplier clock;
    private final IoPool general;
    private final Map<Object, IoPool> pools = new ConcurrentHashMap<>();

    /**
     * Creates the pools.
     *
     * @param clock the time in nanoseconds
     */
    public IoPools(LongSupplier clock) {
        this.clock = clock;
        this.general = new IoPool("the network", clock);
    }

    /** Returns the pool for tasks that use no storage. */
    public Executor general() {
        return general;
    }

    /** Returns the pool of the storage's group. */
    public IoPool of(Storage storage) {
        return pools.computeIfAbsent(storage.ioGroup(), group -> new IoPool(group.toString(), clock));
    }

    /** Replaces the stuck threads of all groups; see {@link IoPool#replaceStuck}. Must be called periodically. */
    public void replaceStuck() {
        pools.values().forEach(IoPool::replaceStuck);
    }

    /**
     * Returns true if files can be served; false if the threads of a storage are all stuck and the limit is reached,
     * unless another storage responds. A storage that is not in use does not count as one that responds.
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
     * Waits for running tasks of the storages' pools.
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
