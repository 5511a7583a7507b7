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
 * @param nanos the times in nanoseconds; must not be changed
 */
public record Percentiles(Histogram nanos) {
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
        return new Percentiles(live.copy()); // iteration fails if a value is recorded concurrently
    }

    /** Returns the distribution of all times of several distributions, exact to the bucket of their histograms. */
    static Percentiles union(List<Percentiles> all) {
        Histogram sum = new Histogram(all.get(0).nanos.getNumberOfSignificantValueDigits());
        all.forEach(each -> sum.add(each.nanos));
        return new Percentiles(sum);
    }

    /** Returns the number of times. */
    public long count() {
        return nanos.getTotalCount();
    }

    /** Returns the minimum. */
    public double min() {
        return at(0);
    }

    /** Returns the 50th percentile. */
    public double p50() {
        return at(50);
    }

    /** Returns the 99th percentile. */
    public double p99() {
        return at(99);
    }

    /** Returns the maximum. */
    public double max() {
        return at(100);
    }

    private double at(double percentile) {
        return count() == 0 ? Double.NaN : nanos.getValueAtPercentile(percentile) / NANOS_A_MILLI;
    }

    /**
     * Returns the figures by their names, in the order of the reports.
     *
     * @return the figures in milliseconds
     */
    public Map<String, Double> figures() {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("min", min());
        figures.put("mean", count() == 0 ? Double.NaN : nanos.getMean() / NANOS_A_MILLI);
        figures.put("p50", p50());
        figures.put("p90", at(90));
        figures.put("p95", at(95));
        figures.put("p99", p99());
        figures.put("p99.9", at(99.9));
        figures.put("max", max());
        return figures;
    }

    /** Returns buckets whose bounds grow by a fifth, from the first to the last that is not empty. */
    public List<Bucket> buckets() {
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
