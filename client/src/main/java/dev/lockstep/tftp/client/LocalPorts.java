package dev.lockstep.tftp.client;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The ports a client uses for its transfers. Safe on any thread.
 *
 * <p>By default the kernel chooses at random. That is right for a few transfers, but with thousands a second a port
 * comes back while a late datagram of its last transfer is still on its way. Taken in turn, each port rests as long
 * as can be.
 */
public final class LocalPorts {
    /** Whatever the kernel chooses. */
    public static final LocalPorts ANY = new LocalPorts(0, 0);

    private static final int MAX_PORT = 65535;

    private final int first;
    private final int last;
    private final AtomicLong next;

    private LocalPorts(int first, int last) {
        this.first = first;
        this.last = last;
        this.next = new AtomicLong(ThreadLocalRandom.current().nextInt(last - first + 1));
    }

    /** From first to last and again, beginning anywhere; those that somebody else has are passed over. */
    public static LocalPorts roundRobin(int first, int last) {
        if (first < 1 || last > MAX_PORT || first > last) {
            throw new IllegalArgumentException("ports: " + first + "-" + last + " (expected: FIRST-LAST, 1 to 65535)");
        }
        return new LocalPorts(first, last);
    }

    /** The next one to try. */
    int next() {
        return first + (int) (next.getAndIncrement() % (last - first + 1));
    }

    /** How often to try. */
    int tries() {
        return last - first + 1;
    }
}
