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
    private final long seed;
    private final double perNano;
    private final long capacity;

    /**
     * Buckets that are full.
     *
     * @param slots a power of two
     * @param seed of the hash: who does not know it can't have keys meet at will
     */
    TokenBuckets(int slots, long perSecond, long capacity, long seed) {
        this.tokens = new double[slots];
        this.filledAt = new long[slots];
        this.seed = seed;
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

    /** Takes as many as {@link #has} has just said are there. */
    void take(long key, long count) {
        tokens[slot(key)] -= count;
    }

    /** Puts back what was taken. */
    void giveBack(long key, long count) {
        int slot = slot(key);
        tokens[slot] = Math.min(capacity, tokens[slot] + count);
    }

    private int slot(long key) {
        long hash = (key ^ seed) * 0x9E3779B97F4A7C15L; // as SplittableRandom mixes
        hash = (hash ^ hash >>> 30) * 0xBF58476D1CE4E5B9L;
        hash = (hash ^ hash >>> 27) * 0x94D049BB133111EBL;
        return (int) (hash ^ hash >>> 31) & tokens.length - 1;
    }
}
