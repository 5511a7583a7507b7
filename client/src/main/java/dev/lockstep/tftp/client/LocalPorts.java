package dev.lockstep.tftp.client;

import dev.lockstep.tftp.concurrent.ThreadSafe;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The local ports of a client's transfers.
 *
 * <p>By default the kernel chooses ports at random. That is suitable for a few transfers. With thousands of transfers a
 * second a port is reused while late datagrams of its previous transfer may still arrive. Ports used in turn stay
 * unused for as long as possible.
 */
@ThreadSafe
public final class LocalPorts {
    /** Ephemeral ports chosen by the kernel. */
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

    /**
     * Returns ports that are used in turn from first to last and then from first again, beginning at a random one.
     * Ports in use by other programs are skipped.
     *
     * @param first the lowest port, 1 to 65535
     * @param last the highest port, {@code first} to 65535
     * @return the ports
     * @throws IllegalArgumentException if this is not a range of ports
     */
    public static LocalPorts roundRobin(int first, int last) {
        if (first < 1 || last > MAX_PORT || first > last) {
            throw new IllegalArgumentException("ports: " + first + "-" + last + " (expected: FIRST-LAST, 1 to 65535)");
        }
        return new LocalPorts(first, last);
    }

    /** {@return the next port to try; 0 stands for an ephemeral port} */
    public int next() {
        return first + (int) (next.getAndIncrement() % (last - first + 1));
    }

    /** {@return the number of ports to try before binding fails} */
    public int attempts() {
        return last - first + 1;
    }
}
