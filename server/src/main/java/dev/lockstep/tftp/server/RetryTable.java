package dev.lockstep.tftp.server;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/**
 * Strangers who were turned away, by address and port. A real client that hears nothing asks again from its TID (RFC 1350,
 * section 4); a flood of made-up senders seldom names the same one twice, and copies of a datagram come sooner. That is
 * what mail servers do with those they do not know (RFC 6647).
 *
 * <p>Nothing is proven by it: who sends all that he makes up a second time comes back, too. So what those who come back get
 * is bounded, apart from what strangers get; such a flood costs its sender two requests for each that is looked at, and
 * crowds out nobody but strangers.
 *
 * <p>A table of fixed size that is there from the first call on, in sets of eight, a line of the processor's cache: one who
 * comes makes the oldest of the set leave. Not safe on several threads.
 */
final class RetryTable {
    /** Milliseconds. PXELINUX asks again sooner, but goes on for seconds. */
    private static final long EARLIEST = 200;
    /** Milliseconds. U-Boot and tftp-hpa ask every five seconds, and one of these requests may be lost. */
    private static final long LATEST = 20_000;

    private static final int SET = 8;

    /** An entry is 24 bits of the hash and the milliseconds of some decades. */
    private static final int TIME_BITS = 40;

    private static final long TIME = (1L << TIME_BITS) - 1;

    private final int size;
    private final SeededHash hash;
    private long[] entries;
    private long begin;

    /**
     * An empty one.
     *
     * @param size how many it remembers at most: a power of two, not below 8
     */
    RetryTable(int size, SeededHash hash) {
        this.size = size;
        this.hash = hash;
    }

    /**
     * Whether it was here before, not too short and not too long ago. If so, or if not at all, it is remembered from now
     * on.
     *
     * @param now nanoseconds
     */
    boolean isBack(InetSocketAddress end, long now) {
        if (entries == null) {
            entries = new long[size];
            begin = now - TimeUnit.MILLISECONDS.toNanos(LATEST + 1); // an empty entry is one that is too old
        }
        long time = TimeUnit.NANOSECONDS.toMillis(now - begin);
        long mark = hashed(end);
        int first = (int) mark & (size - SET);
        int oldest = first;
        for (int i = first; i < first + SET; i++) {
            long age = time - (entries[i] & TIME);
            if (age <= LATEST && (entries[i] ^ mark) >>> TIME_BITS == 0) {
                return isDue(i, age, time);
            }
            if ((entries[i] & TIME) < (entries[oldest] & TIME)) {
                oldest = i;
            }
        }
        entries[oldest] = mark & ~TIME | time;
        return false;
    }

    /** Who comes too early waits no longer for it; who has come back begins anew. */
    private boolean isDue(int entry, long age, long time) {
        if (age < EARLIEST) {
            return false;
        }
        entries[entry] = entries[entry] & ~TIME | time;
        return true;
    }

    private long hashed(InetSocketAddress end) {
        ByteBuffer address = ByteBuffer.wrap(end.getAddress().getAddress());
        long all = hash.of(end.getPort());
        while (address.hasRemaining()) {
            all = hash.of(all ^ address.getInt());
        }
        return all;
    }
}
