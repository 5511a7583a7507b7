package dev.lockstep.tftp.server;

import dev.lockstep.tftp.server.storage.Storage;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/** All I/O threads of a server: those of each group of storages, and some for everything else. Safe on any thread. */
final class IoPools {
    private final LongSupplier clock;
    private final IoPool general;
    private final Map<Object, IoPool> pools = new ConcurrentHashMap<>();

    /** Pools by that clock, in nanoseconds. */
    IoPools(LongSupplier clock) {
        this.clock = clock;
        this.general = new IoPool("the network", clock);
    }

    /** Returns the threads for work that has nothing to do with a storage. */
    Executor general() {
        return general;
    }

    /** Returns the pool of that storage's group. */
    IoPool of(Storage storage) {
        return pools.computeIfAbsent(storage.ioGroup(), group -> new IoPool(group.toString(), clock));
    }

    /** To be called now and then: see {@link IoPool#replaceStuck}. */
    void replaceStuck() {
        pools.values().forEach(IoPool::replaceStuck);
    }

    /** Whether files can be served: false when the threads of every storage in use are stuck for good. */
    boolean isServing() {
        return pools.isEmpty() || pools.values().stream().anyMatch(pool -> !pool.isExhausted());
    }

    /** Takes no more work. */
    void shutdown() {
        general.shutdown();
        pools.values().forEach(IoPool::shutdown);
    }

    /** Waits for the end of the work there is, of all pools together no longer than that. */
    void awaitTermination(Duration longest) throws InterruptedException {
        long deadline = System.nanoTime() + longest.toNanos();
        for (IoPool pool : pools.values()) {
            pool.awaitTermination(deadline - System.nanoTime());
        }
    }
}
