package dev.lockstep.tftp.server.internal.metrics;

import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.server.ServerMetrics.DurationMetrics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** Counts durations in buckets with fixed bounds. */
@ThreadSafe
final class DurationHistogram {
    private static final double NANOS = 1e9;

    private final List<Double> bounds = new ArrayList<>();
    private final long[] nanos;
    private final LongAdder[] counts;
    private final LongAdder sum = new LongAdder();

    /** Creates an empty histogram with these upper bounds in seconds, ascending, and one more bucket. */
    DurationHistogram(double... upperBounds) {
        nanos = new long[upperBounds.length];
        counts = new LongAdder[upperBounds.length + 1];
        Arrays.setAll(counts, index -> new LongAdder());
        for (int i = 0; i < upperBounds.length; i++) {
            bounds.add(upperBounds[i]);
            nanos[i] = Math.round(upperBounds[i] * NANOS);
        }
    }

    /** Counts a duration in nanoseconds. */
    void add(long duration) {
        int found = Arrays.binarySearch(nanos, duration);
        counts[found < 0 ? -found - 1 : found].increment();
        sum.add(duration);
    }

    DurationMetrics snapshot() {
        return new DurationMetrics(
                bounds, Arrays.stream(counts).map(LongAdder::sum).toList(), sum.sum() / NANOS);
    }
}
