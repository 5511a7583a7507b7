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
    private final long[] sorted = new long[KEPT];
    private int count;

    void add(long nanos) {
        times[count++ % KEPT] = nanos;
    }

    /** A quarter of them took no longer. */
    long shorter() {
        int known = Math.min(count, KEPT);
        System.arraycopy(times, 0, sorted, 0, known);
        Arrays.sort(sorted, 0, known);
        return sorted[known / 4];
    }
}
