package dev.lockstep.tftp.channel;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * The memory all transfers together may hold for pieces of files. A piece is large while there is plenty, as small
 * as the transfer can bear when more than half is taken, and not to be had when all is: then the transfer waits its
 * turn. Safe on any thread; asked once for a piece, never for a packet.
 */
public final class BufferBudget {
    private final long limit;
    private final Queue<Waiter> waiting = new ArrayDeque<>();
    private long used;

    private record Waiter(int octets, Runnable granted) {}

    /** A budget of that many octets. */
    public BufferBudget(long limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("buffer memory: " + limit + " (expected: >= 1)");
        }
        this.limit = limit;
    }

    /** Takes {@code wanted} octets, or {@code least} where memory is short; 0 if that does not fit either. */
    public synchronized int tryTake(int wanted, int least) {
        int octets = used + wanted <= limit / 2 ? wanted : least;
        if (!waiting.isEmpty() || used > 0 && used + octets > limit) {
            return 0;
        }
        used += octets;
        return octets;
    }

    /** Takes {@code octets} when they are free, and then runs {@code granted} on the thread that gave them back. */
    public void takeLater(int octets, Runnable granted) {
        synchronized (this) {
            if (!waiting.isEmpty() || used > 0 && used + octets > limit) {
                waiting.add(new Waiter(octets, granted));
                return;
            }
            used += octets;
        }
        granted.run();
    }

    /** Gives octets back. */
    public void giveBack(int octets) {
        Queue<Runnable> served = new ArrayDeque<>();
        synchronized (this) {
            used -= octets;
            while (!waiting.isEmpty() && (used == 0 || used + waiting.peek().octets <= limit)) {
                Waiter next = waiting.remove();
                used += next.octets;
                served.add(next.granted);
            }
        }
        served.forEach(Runnable::run);
    }

    /**
     * Whether there is so much that some may be taken before it is needed: a peer that never asks for a block must not
     * hold what others wait for.
     */
    public synchronized boolean isAmple() {
        return waiting.isEmpty() && used <= limit / 2;
    }

    /** Octets taken now. */
    public synchronized long used() {
        return used;
    }
}
