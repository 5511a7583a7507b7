package dev.lockstep.tftp.server;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Buckets of tokens, full at first and filled at a steady rate, in a table of fixed size: a million keys take no more
 * memory than one. Keys that meet in a slot share its bucket, so some may get less than their share, but none gets more.
 * Not safe on several threads.
 */
final class TokenBuckets {
    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

    private final double[] tokens;
    private final long[] filledAt;
    private final SeededHash hash;
    private final double perNano;
    private final long capacity;

    /**
     * Buckets that are full.
     *
     * @param slots a power of two
     */
    TokenBuckets(int slots, long perSecond, long capacity, SeededHash hash) {
        this.tokens = new double[slots];
        this.filledAt = new long[slots];
        this.hash = hash;
        this.perNano = perSecond / NANOS;
        this.capacity = capacity;
        Arrays.fill(tokens, capacity);
    }

    /** Whether that many are there. */
    boolean has(long key, long count, long now) {
        int slot = slot(key);
        double more = Math.max(0, now - filledAt[slot]) * perNano;
        tokens[slot] = Math.min(capacity, tokens[slot] + more);
        filledAt[slot] = now;
        return tokens[slot] >= count;
    }

    /** Whether none is missing. */
    boolean isFull(long key, long now) {
        return has(key, capacity, now);
    }

    /** Takes as many as {@link #has} has just said are there. */
    void take(long key, long count) {
        tokens[slot(key)] -= count;
    }

    /** Takes that many if they are there. */
    boolean tryTake(long key, long count, long now) {
        boolean there = has(key, count, now);
        if (there) {
            take(key, count);
        }
        return there;
    }

    /** Puts back what was taken. */
    void giveBack(long key, long count) {
        int slot = slot(key);
        tokens[slot] = Math.min(capacity, tokens[slot] + count);
    }

    private int slot(long key) {
        return (int) hash.of(key) & tokens.length - 1;
    }
}
