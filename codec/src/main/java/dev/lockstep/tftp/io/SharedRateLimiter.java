package dev.lockstep.tftp.io;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Limits all transfers that share it to a rate in bytes per second, in the order of their calls. An unused turn is
 * lost, except for a short time that compensates for timers that fire late.
 */
public final class SharedRateLimiter implements RateLimiter {
    private static final long SLACK = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long UNSET = Long.MIN_VALUE;

    private final long rate;
    private final AtomicLong next = new AtomicLong(UNSET);

    /**
     * Creates a limiter.
     *
     * @param rate bytes per second
     * @throws IllegalArgumentException if it is less than 1
     */
    public SharedRateLimiter(long rate) {
        if (rate < 1) {
            throw new IllegalArgumentException("rate: " + rate + " (expected: >= 1)");
        }
        this.rate = rate;
    }

    @Override
    public long reserve(int bytes, long now) {
        long cost = (long) (bytes * 1e9 / rate);
        long earliest = now - SLACK;
        long before;
        long turn;
        do {
            before = next.get();
            turn = before == UNSET || before - earliest < 0 ? earliest : before;
        } while (!next.compareAndSet(before, turn + cost));
        return turn;
    }
}
