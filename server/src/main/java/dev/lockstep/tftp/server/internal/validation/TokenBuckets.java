package dev.lockstep.tftp.server.internal.validation;

import dev.lockstep.tftp.concurrent.ThreadSafe;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Token buckets, full at first and refilled at a constant rate, in a hash table of fixed size: a million keys take no
 * more memory than one. Keys with the same slot share a bucket, so a key may get less than its share, but never more.
 * Each bucket is the time at which it will be full again, so that one atomic operation changes it. Takes no lock.
 */
@ThreadSafe
final class TokenBuckets {
    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

    /** A bucket from which nothing was taken yet; other buckets never have this value. */
    private static final long UNUSED = 0;

    private final AtomicLongArray fullAt;
    private final SeededHash hash;
    private final double nanosPerToken;
    /** Time in which an empty bucket becomes full, in nanoseconds. */
    private final long refill;

    /**
     * Creates full buckets.
     *
     * @param slots the number of buckets, a power of two
     * @param perSecond the tokens added to a bucket each second
     * @param capacity the most tokens in a bucket
     */
    TokenBuckets(int slots, long perSecond, long capacity, SeededHash hash) {
        this.fullAt = new AtomicLongArray(slots);
        this.hash = hash;
        this.nanosPerToken = NANOS / perSecond;
        this.refill = nanos(capacity);
    }

    /**
     * Returns true if a bucket holds at least that many tokens.
     *
     * @param now the time in nanoseconds
     */
    boolean has(long key, long count, long now) {
        return missing(fullAt.get(slot(key)), now) + nanos(count) <= refill;
    }

    /**
     * Returns true if a bucket is full.
     *
     * @param now the time in nanoseconds
     */
    boolean isFull(long key, long now) {
        return missing(fullAt.get(slot(key)), now) == 0;
    }

    /**
     * Removes tokens if the bucket holds enough.
     *
     * @param now the time in nanoseconds
     * @return false if nothing was removed
     */
    boolean tryTake(long key, long count, long now) {
        int slot = slot(key);
        long seen;
        long missing;
        do {
            seen = fullAt.get(slot);
            missing = missing(seen, now) + nanos(count);
            if (missing > refill) {
                return false;
            }
        } while (!fullAt.compareAndSet(slot, seen, used(now + missing)));
        return true;
    }

    /** Returns tokens to a bucket, up to its capacity. */
    void giveBack(long key, long count) {
        fullAt.updateAndGet(slot(key), seen -> seen == UNUSED ? UNUSED : used(seen - nanos(count)));
    }

    /** Returns the time until a bucket is full, in nanoseconds. */
    private static long missing(long fullAt, long now) {
        return fullAt == UNUSED ? 0 : Math.max(0, fullAt - now);
    }

    private static long used(long fullAt) {
        return fullAt == UNUSED ? UNUSED - 1 : fullAt;
    }

    private long nanos(long tokens) {
        return (long) (tokens * nanosPerToken);
    }

    private int slot(long key) {
        return (int) hash.of(key) & fullAt.length() - 1;
    }
}
