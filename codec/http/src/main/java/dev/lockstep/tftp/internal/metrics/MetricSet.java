package dev.lockstep.tftp.internal.metrics;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Collects values that are counted elsewhere as metrics with a common prefix. */
public final class MetricSet {
    private final List<MetricSnapshot> all = new ArrayList<>();
    private final String prefix;

    /** Creates an empty set. */
    public MetricSet(String prefix) {
        this.prefix = prefix;
    }

    /** Adds a counter without labels. The suffix {@code _total} is added to its name. */
    public MetricSet counter(String name, String help, long value) {
        return counters(name, help, Map.of(Labels.EMPTY, value));
    }

    /** Adds a counter with one series for each constant of an enum, whose name in lower case is the value of a label. */
    public <E extends Enum<E>> MetricSet counters(String name, String help, String label, Map<E, Long> values) {
        CounterSnapshot.Builder snapshot = CounterSnapshot.builder();
        values.forEach((constant, value) -> snapshot.dataPoint(point(Labels.of(label, labelOf(constant)), value)));
        return add(snapshot.name(prefix + name).help(help).build());
    }

    /** Adds a counter with one series for each combination of labels. */
    public MetricSet counters(String name, String help, Map<Labels, Long> values) {
        CounterSnapshot.Builder snapshot = CounterSnapshot.builder();
        values.forEach((labels, value) -> snapshot.dataPoint(point(labels, value)));
        return add(snapshot.name(prefix + name).help(help).build());
    }

    private static CounterDataPointSnapshot point(Labels labels, long value) {
        return CounterDataPointSnapshot.builder().labels(labels).value(value).build();
    }

    /** Adds a gauge without labels. */
    public MetricSet gauge(String name, String help, double value) {
        return add(GaugeSnapshot.builder()
                .name(prefix + name)
                .help(help)
                .dataPoint(GaugeDataPointSnapshot.builder().value(value).build())
                .build());
    }

    /**
     * Adds a classic histogram.
     *
     * @param bounds the upper bounds of all buckets but the last, ascending
     * @param counts the number of values in each bucket alone, one more than there are bounds
     * @param sum the sum of all values
     */
    public MetricSet histogram(String name, String help, List<Double> bounds, List<Long> counts, double sum) {
        ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        for (int i = 0; i < counts.size(); i++) {
            buckets.bucket(i < bounds.size() ? bounds.get(i) : Double.POSITIVE_INFINITY, counts.get(i));
        }
        return add(HistogramSnapshot.builder()
                .name(prefix + name)
                .help(help)
                .dataPoint(HistogramDataPointSnapshot.builder()
                        .classicHistogramBuckets(buckets.build())
                        .sum(sum)
                        .build())
                .build());
    }

    /** Adds the metric {@code build_info} with the version of the program. */
    public MetricSet build(String version) {
        return add(InfoSnapshot.builder()
                .name(prefix + "build")
                .help("Version of the program.")
                .dataPoint(InfoDataPointSnapshot.builder()
                        .labels(Labels.of("version", version))
                        .build())
                .build());
    }

    private MetricSet add(MetricSnapshot metric) {
        all.add(metric);
        return this;
    }

    /** Returns the value of a label for a constant. */
    public static String labelOf(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** Returns the metrics. */
    public MetricSnapshots snapshots() {
        return new MetricSnapshots(all);
    }
}
