package dev.lockstep.tftp.internal.channel.file;

import dev.lockstep.tftp.concurrent.ThreadSafe;
import io.netty.util.internal.PlatformDependent;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that all transfers together may use for chunks of files. A chunk is large while memory is plentiful, as
 * small as the transfer allows when more than half of the budget is used, and unavailable when all of it is used: then
 * the transfer waits in a queue. Called once for each chunk, not for each packet, and without a lock unless a transfer
 * waits.
 *
 * <p>No chunk is allocated before its bytes are reserved here, and the budget is at most half of the direct memory of
 * the process. The other half is for datagrams and for what the allocator cannot use. If the process has less direct
 * memory than the configured limit needs, a new transfer is refused instead of queued.
 */
@ThreadSafe
public final class BufferBudget {
    private final long limit;
    private final boolean scarce;
    private final AtomicLong used = new AtomicLong();
    private final Queue<Waiter> waiting = new ConcurrentLinkedQueue<>();
    private volatile Runnable reclaimer = () -> {};

    private record Waiter(int size, Runnable granted) {}

    /** Creates a budget of the given size in bytes. */
    public BufferBudget(long limit) {
        this(limit, Long.MAX_VALUE);
    }

    /**
     * Creates a budget.
     *
     * @param limit the configured size in bytes
     * @param available the size in bytes that it cannot exceed
     * @throws IllegalArgumentException if the configured size is less than 1
     */
    public BufferBudget(long limit, long available) {
        if (limit < 1) {
            throw new IllegalArgumentException("buffer memory: " + limit + " (expected: >= 1)");
        }
        this.limit = Math.min(limit, available);
        this.scarce = available < limit;
    }

    /**
     * Returns a budget of the given size, or of half of the direct memory of the process if that is less.
     *
     * @param limit the configured size in bytes
     * @throws IllegalArgumentException if it is less than 1
     */
    public static BufferBudget ofDirectMemory(long limit) {
        return new BufferBudget(limit, PlatformDependent.maxDirectMemory() / 2);
    }

    /** Sets what releases memory of the budget that no transfer uses, before a new transfer is refused. */
    public void reclaimWith(Runnable unused) {
        reclaimer = unused;
    }

    /** Returns the size of the budget in bytes. */
    public long limit() {
        return limit;
    }

    /** Returns whether the process has less direct memory than the configured limit needs. */
    boolean isScarce() {
        return scarce;
    }

    /**
     * Reserves {@code wanted} bytes, or {@code least} bytes if memory is short.
     *
     * @return the number of bytes reserved, or 0 if {@code least} bytes are not available either
     */
    public int tryTake(int wanted, int least) {
        int size = used.get() + wanted <= limit / 2 ? wanted : least;
        return waiting.isEmpty() && reserve(size) ? size : 0;
    }

    /**
     * Reserves {@code size} bytes when they are available, then runs {@code granted} on the thread that released them,
     * or on this thread if they are available now.
     *
     * @param begun whether the transfer has had memory before
     * @return whether the transfer may wait; false for a new transfer if the direct memory of the process is used up
     */
    public boolean takeLater(int size, boolean begun, Runnable granted) {
        if (scarce) {
            reclaimer.run();
        }
        if (waiting.isEmpty() && reserve(size)) {
            granted.run();
        } else if (scarce && !begun) {
            return false;
        } else {
            waiting.add(new Waiter(size, granted));
            serve();
        }
        return true;
    }

    /** Releases reserved bytes. */
    public void giveBack(int size) {
        used.addAndGet(-size);
        if (!waiting.isEmpty()) {
            serve();
        }
    }

    private void serve() {
        List<Runnable> served = new ArrayList<>();
        synchronized (waiting) {
            for (Waiter next = waiting.peek(); next != null && reserve(next.size); next = waiting.peek()) {
                waiting.remove();
                served.add(next.granted);
            }
        }
        served.forEach(Runnable::run);
    }

    private boolean reserve(int size) {
        for (long before = used.get(); before == 0 || before + size <= limit; before = used.get()) {
            if (used.compareAndSet(before, before + size)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Returns whether there is enough memory that some may be reserved before it is needed. Otherwise a peer that never
     * requests a block could hold memory that other transfers wait for.
     */
    public boolean isAmple() {
        return waiting.isEmpty() && used.get() <= limit / 2;
    }

    /** Returns the number of bytes reserved. */
    public long used() {
        return used.get();
    }
}
