package dev.lockstep.tftp.channel;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * So many octets a second, for all that share it, in the order they ask. Turns nobody took are lost, but for a little
 * that makes up for timers that wake late.
 */
public final class SharedRateLimiter implements RateLimiter {
    private static final long SLACK = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long NOBODY_YET = Long.MIN_VALUE;

    private final long rate;
    private final AtomicLong next = new AtomicLong(NOBODY_YET);

    /** That many octets a second. */
    public SharedRateLimiter(long rate) {
        if (rate < 1) {
            throw new IllegalArgumentException("rate: " + rate + " (expected: >= 1)");
        }
        this.rate = rate;
    }

    @Override
    public long reserve(int octets, long now) {
        long cost = (long) (octets * 1e9 / rate);
        long earliest = now - SLACK;
        long before;
        long turn;
        do {
            before = next.get();
            turn = before == NOBODY_YET || before - earliest < 0 ? earliest : before;
        } while (!next.compareAndSet(before, turn + cost));
        return turn;
    }
}
