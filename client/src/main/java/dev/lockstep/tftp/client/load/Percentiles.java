package dev.lockstep.tftp.client.load;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/**
 * The distribution of times in milliseconds; all values are NaN if there are none.
 *
 * @param count number of times
 * @param min minimum
 * @param mean arithmetic mean
 * @param p50 50th percentile
 * @param p90 90th percentile
 * @param p95 95th percentile
 * @param p99 99th percentile
 * @param p999 99.9th percentile
 * @param max maximum
 * @param buckets the histogram, from the first bucket that is not empty to the last
 */
public record Percentiles(
        long count,
        double min,
        double mean,
        double p50,
        double p90,
        double p95,
        double p99,
        double p999,
        double max,
        List<Bucket> buckets) {
    private static final double NANOS_A_MILLI = 1e6;
    /** Buckets for each doubling of the time. */
    private static final int BUCKETS_PER_DOUBLING = 4;

    private static final double FIRST_BOUND = 0.01;

    /**
     * A bucket of the histogram.
     *
     * @param from exclusive lower bound in milliseconds
     * @param to inclusive upper bound in milliseconds
     * @param count number of times in the bucket
     */
    public record Bucket(double from, double to, long count) {}

    /** Returns the percentiles of a histogram of nanoseconds. Event loops may continue to record values in it. */
    static Percentiles of(Histogram live) {
        Histogram nanos = live.copy(); // iteration fails if a value is recorded concurrently
        return new Percentiles(
                nanos.getTotalCount(),
                at(nanos, 0),
                nanos.getTotalCount() == 0 ? Double.NaN : nanos.getMean() / NANOS_A_MILLI,
                at(nanos, 50),
                at(nanos, 90),
                at(nanos, 95),
                at(nanos, 99),
                at(nanos, 99.9),
                at(nanos, 100),
                buckets(nanos));
    }

    private static double at(Histogram nanos, double percentile) {
        return nanos.getTotalCount() == 0 ? Double.NaN : nanos.getValueAtPercentile(percentile) / NANOS_A_MILLI;
    }

    /**
     * Returns the figures by their names, in the order of the reports.
     *
     * @return the figures in milliseconds
     */
    public Map<String, Double> figures() {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("min", min);
        figures.put("mean", mean);
        figures.put("p50", p50);
        figures.put("p90", p90);
        figures.put("p95", p95);
        figures.put("p99", p99);
        figures.put("p99.9", p999);
        figures.put("max", max);
        return figures;
    }

    /** Returns buckets whose bounds grow by a fifth, from the first to the last that is not empty. */
    private static List<Bucket> buckets(Histogram nanos) {
        SortedMap<Integer, Long> counts = new TreeMap<>();
        for (HistogramIterationValue value : nanos.recordedValues()) {
            double millis = value.getValueIteratedTo() / NANOS_A_MILLI;
            int index =
                    (int) Math.max(0, Math.ceil(BUCKETS_PER_DOUBLING * Math.log(millis / FIRST_BOUND) / Math.log(2)));
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
        return FIRST_BOUND * Math.pow(2, (double) index / BUCKETS_PER_DOUBLING);
    }
}
