package dev.lockstep.tftp.server.internal.validation;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Token buckets, full at first and refilled at a constant rate, in a hash table of fixed size: a million keys take no
 * more memory than one. Keys with the same slot share a bucket, so a key may get less than its share, but never more.
 * Not safe for use by several threads.
 */
final class TokenBuckets {
    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

    private final double[] tokens;
    private final long[] filledAt;
    private final SeededHash hash;
    private final double perNano;
    private final long capacity;

    /**
     * Creates full buckets.
     *
     * @param slots the number of buckets, a power of two
     * @param perSecond the tokens added to a bucket each second
     * @param capacity the most tokens in a bucket
     */
    TokenBuckets(int slots, long perSecond, long capacity, SeededHash hash) {
        this.tokens = new double[slots];
        this.filledAt = new long[slots];
        this.hash = hash;
        this.perNano = perSecond / NANOS;
        this.capacity = capacity;
        Arrays.fill(tokens, capacity);
    }

    /**
     * Refills a bucket and returns true if it holds at least that many tokens.
     *
     * @param now the time in nanoseconds
     */
    boolean has(long key, long count, long now) {
        int slot = slot(key);
        double more = Math.max(0, now - filledAt[slot]) * perNano;
        tokens[slot] = Math.min(capacity, tokens[slot] + more);
        filledAt[slot] = now;
        return tokens[slot] >= count;
    }

    /**
     * Returns true if a bucket is full.
     *
     * @param now the time in nanoseconds
     */
    boolean isFull(long key, long now) {
        return has(key, capacity, now);
    }

    /** Removes tokens. The caller must have checked with {@link #has} that the bucket holds them. */
    void take(long key, long count) {
        tokens[slot(key)] -= count;
    }

    /**
     * Removes tokens if the bucket holds enough.
     *
     * @param now the time in nanoseconds
     * @return false if nothing was removed
     */
    boolean tryTake(long key, long count, long now) {
        boolean there = has(key, count, now);
        if (there) {
            take(key, count);
        }
        return there;
    }

    /** Returns tokens to a bucket, up to its capacity. */
    void giveBack(long key, long count) {
        int slot = slot(key);
        tokens[slot] = Math.min(capacity, tokens[slot] + count);
    }

    private int slot(long key) {
        return (int) hash.of(key) & tokens.length - 1;
    }
}
