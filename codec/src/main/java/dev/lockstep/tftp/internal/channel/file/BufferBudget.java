package dev.lockstep.tftp.internal.channel.file;

import dev.lockstep.tftp.concurrent.ThreadSafe;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * The memory that all transfers together may use for chunks of files. A chunk is large while memory is plentiful, as
 * small as the transfer allows when more than half of the budget is used, and unavailable when all of it is used: then
 * the transfer waits in a queue. Called once for each chunk, not for each packet.
 */
@ThreadSafe
public final class BufferBudget {
    private final long limit;
    private final Queue<Waiter> waiting = new ArrayDeque<>();
    private long used;

    private record Waiter(int size, Runnable granted) {}

    /**
     * Creates a budget.
     *
     * @param limit the size in bytes
     * @throws IllegalArgumentException if it is less than 1
     */
    public BufferBudget(long limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("buffer memory: " + limit + " (expected: >= 1)");
        }
        this.limit = limit;
    }

    /**
     * Reserves {@code wanted} bytes, or {@code least} bytes if memory is short.
     *
     * @return the number of bytes reserved, or 0 if {@code least} bytes are not available either
     */
    public synchronized int tryTake(int wanted, int least) {
        int size = used + wanted <= limit / 2 ? wanted : least;
        if (!waiting.isEmpty() || used > 0 && used + size > limit) {
            return 0;
        }
        used += size;
        return size;
    }

    /**
     * Reserves {@code size} bytes when they are available, then runs {@code granted} on the thread that released them,
     * or on this thread if they are available now.
     */
    public void takeLater(int size, Runnable granted) {
        synchronized (this) {
            if (!waiting.isEmpty() || used > 0 && used + size > limit) {
                waiting.add(new Waiter(size, granted));
                return;
            }
            used += size;
        }
        granted.run();
    }

    /** Releases reserved bytes. */
    public void giveBack(int size) {
        Queue<Runnable> served = new ArrayDeque<>();
        synchronized (this) {
            used -= size;
            while (!waiting.isEmpty() && (used == 0 || used + waiting.peek().size <= limit)) {
                Waiter next = waiting.remove();
                used += next.size;
                served.add(next.granted);
            }
        }
        served.forEach(Runnable::run);
    }

    /**
     * Returns whether there is enough memory that some may be reserved before it is needed. Otherwise a peer that never
     * requests a block could hold memory that other transfers wait for.
     */
    public synchronized boolean isAmple() {
        return waiting.isEmpty() && used <= limit / 2;
    }

    /** Returns the number of bytes reserved. */
    public synchronized long used() {
        return used;
    }
}
