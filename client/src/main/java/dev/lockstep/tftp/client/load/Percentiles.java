package dev.lockstep.tftp.client.load;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/** How times are spread, in milliseconds; all zero where there are none. */
public record Percentiles(
        long count, double mean, double p50, double p90, double p99, double p999, double max, List<Bucket> buckets) {
    private static final double NANOS_A_MILLI = 1e6;
    /** Buckets a doubling of the time. */
    private static final int FINENESS = 4;

    private static final double FIRST_BOUND = 0.01;

    /** So many times above {@code from} and up to {@code to} milliseconds. */
    public record Bucket(double from, double to, long count) {}

    /** Returns those of nanoseconds, which event loops may go on recording. */
    static Percentiles of(Histogram live) {
        Histogram nanos = live.copy(); // iterating fails if a value is recorded meanwhile
        return new Percentiles(
                nanos.getTotalCount(),
                nanos.getTotalCount() == 0 ? 0 : nanos.getMean() / NANOS_A_MILLI,
                at(nanos, 50),
                at(nanos, 90),
                at(nanos, 99),
                at(nanos, 99.9),
                nanos.getMaxValue() / NANOS_A_MILLI,
                buckets(nanos));
    }

    private static double at(Histogram nanos, double percentile) {
        return nanos.getTotalCount() == 0 ? 0 : nanos.getValueAtPercentile(percentile) / NANOS_A_MILLI;
    }

    /** Each a fifth wider than the one before, from the first that has any to the last. */
    private static List<Bucket> buckets(Histogram nanos) {
        SortedMap<Integer, Long> counts = new TreeMap<>();
        for (HistogramIterationValue value : nanos.recordedValues()) {
            double millis = value.getValueIteratedTo() / NANOS_A_MILLI;
            int index = (int) Math.max(0, Math.ceil(FINENESS * Math.log(millis / FIRST_BOUND) / Math.log(2)));
            counts.merge(index, value.getCountAtValueIteratedTo(), Long::sum);
        }
        List<Bucket> all = new ArrayList<>();
        if (!counts.isEmpty()) {
            for (int i = counts.firstKey(); i <= counts.lastKey(); i++) {
                all.add(new Bucket(i == 0 ? 0 : bound(i - 1), bound(i), counts.getOrDefault(i, 0L)));
            }
        }
        return List.copyOf(all);
    }

    private static double bound(int index) {
        return FIRST_BOUND * Math.pow(2, (double) index / FINENESS);
    }
}
