package dev.lockstep.tftp.transfer;

import java.util.Arrays;

/**
 * How long the last few replies took. Any of them may have been longer than a round trip: the reply got lost and came
 * again by the peer's own timer, so two ends that believe each other's waits make them longer and longer. Hence the
 * shorter ones are believed, but not the shortest, which may have answered something else.
 */
final class RecentReplies {
    private static final int KEPT = 8;

    private final long[] times = new long[KEPT];
    private int count;

    void add(long nanos) {
        times[count++ % KEPT] = nanos;
    }

    /** A quarter of them took no longer. */
    long shorter() {
        long[] sorted = Arrays.copyOf(times, Math.min(count, KEPT));
        Arrays.sort(sorted);
        return sorted[sorted.length / 4];
    }
}
