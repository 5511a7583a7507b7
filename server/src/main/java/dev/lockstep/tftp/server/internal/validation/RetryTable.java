package dev.lockstep.tftp.server.internal.validation;

import dev.lockstep.tftp.concurrent.ThreadSafe;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Remembers unvalidated peers whose request was dropped, by address and port. A real client that gets no reply repeats
 * its request from the same TID (RFC 1350, section 4). A flood with spoofed source addresses seldom uses the same
 * address and port twice, and duplicates of a datagram are received sooner. Mail servers do the same (RFC 6647).
 *
 * <p>A repeated request proves nothing: an attacker can send each spoofed request twice. So there is a limit for
 * repeated requests, separate from that for first requests. Such a flood costs its sender two requests for each one
 * that is processed, and only displaces other peers that are not known.
 *
 * <p>The table has a fixed size and is allocated on the first call. It is divided into sets of eight entries, one cache
 * line of the processor; a new entry replaces the oldest of its set. Takes no lock. Of two requests that are recorded
 * at the same moment in one set, one may be lost.
 */
@ThreadSafe
final class RetryTable {
    /**
     * Shortest interval between a request and its repetition, in milliseconds. PXELINUX repeats its request sooner, but
     * goes on for seconds.
     */
    private static final long EARLIEST = 200;
    /**
     * Longest interval between a request and its repetition, in milliseconds. U-Boot and tftp-hpa repeat their request
     * every five seconds, and one of these requests may be lost.
     */
    private static final long LATEST = 20_000;

    private static final int SET = 8;

    /** Bits of the time in an entry: 24 bits of the hash, and a time in milliseconds that lasts for decades. */
    private static final int TIME_BITS = 40;

    private static final long TIME = (1L << TIME_BITS) - 1;
    private static final long EMPTY = 0;

    private final int size;
    private final SeededHash hash;
    private final AtomicReference<AtomicLongArray> table = new AtomicReference<>();

    /**
     * Creates an empty table.
     *
     * @param size the number of entries: a power of two, at least 8
     */
    RetryTable(int size, SeededHash hash) {
        this.size = size;
        this.hash = hash;
    }

    /**
     * Records a request, unless this peer has sent one too recently.
     *
     * @param peer the peer's address and port
     * @param now the time in nanoseconds
     * @return true if another one was recorded, neither too recently nor too long ago
     */
    boolean recordRetry(InetSocketAddress peer, long now) {
        AtomicLongArray entries = entries();
        long time = TimeUnit.NANOSECONDS.toMillis(now);
        long mark = hashed(peer);
        long recorded = mark & ~TIME | time & TIME;
        int first = (int) mark & (size - SET);
        int oldest = first;
        long longest = Long.MIN_VALUE;
        for (int i = first; i < first + SET; i++) {
            long entry = entries.get(i);
            long age = age(entry, time);
            if (age <= LATEST && (entry ^ mark) >>> TIME_BITS == 0) {
                return age >= EARLIEST && entries.compareAndSet(i, entry, recorded);
            }
            if (age > longest) {
                longest = age;
                oldest = i;
            }
        }
        entries.set(oldest, recorded);
        return false;
    }

    private AtomicLongArray entries() {
        AtomicLongArray entries = table.get();
        if (entries == null) {
            table.compareAndSet(null, new AtomicLongArray(size));
            entries = table.get();
        }
        return entries;
    }

    /** Returns the milliseconds since an entry was recorded; few below 0 if another thread's clock is ahead. */
    private static long age(long entry, long time) {
        int unused = Long.SIZE - TIME_BITS;
        return entry == EMPTY ? Long.MAX_VALUE : time - entry << unused >> unused;
    }

    private long hashed(InetSocketAddress peer) {
        ByteBuffer address = ByteBuffer.wrap(peer.getAddress().getAddress());
        long all = hash.of(peer.getPort());
        while (address.hasRemaining()) {
            all = hash.of(all ^ address.getInt());
        }
        return all;
    }
}
