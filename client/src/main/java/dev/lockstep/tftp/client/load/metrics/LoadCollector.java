package dev.lockstep.tftp.client.load.metrics;

import dev.lockstep.tftp.client.load.LoadProgress;
import dev.lockstep.tftp.client.load.LoadSnapshot;
import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.internal.metrics.MetricSet;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/** Converts the numbers of a running load test to metrics. No label has a text of the server. */
@ThreadSafe
public final class LoadCollector implements MultiCollector {
    private static final double NANOS = 1e9;
    private static final List<Double> BOUNDS =
            List.of(.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0);

    private final String version;
    private final Supplier<LoadSnapshot> load;

    /**
     * Creates a collector.
     *
     * @param version the version of the program
     * @param load returns the current numbers; called once for each collection
     */
    public LoadCollector(String version, Supplier<LoadSnapshot> load) {
        this.version = version;
        this.load = load;
    }

    @Override
    public MetricSnapshots collect() {
        LoadSnapshot now = load.get();
        LoadProgress progress = now.progress();
        Map<Labels, Long> results = Map.of(
                Labels.of("result", "complete"),
                progress.completed(),
                Labels.of("result", "failed"),
                progress.failed());
        MetricSet set = new MetricSet("tftp_load_")
                .build(version)
                .gauge("warming_up", "1 before the measurement begins, 0 from then on.", progress.warmUp() ? 1 : 0)
                .gauge("elapsed_seconds", "Time since the measurement has begun.", progress.seconds())
                .counters("transfers", "Transfers that have ended, by result.", results)
                .gauge("transfers_active", "Transfers that have started and not ended.", progress.running())
                .counter("transfers_not_started", "Transfers that could not be started.", now.notStarted())
                .counter("file_bytes", "Bytes of files that were transferred.", progress.bytes())
                .counter("retransmitted_blocks", "Messages that were sent again.", now.resends())
                .counters("server_errors", "ERRORs that were received, by code.", serverErrors(now.serverErrors()));
        addDurations(set, "transfer_duration_seconds", "Latency of complete transfers.", now.latency());
        addDurations(set, "first_data_seconds", "Time to the first byte of complete transfers.", now.firstByte());
        return set.snapshots();
    }

    /** Returns the errors by code. A server can send any code; those without a meaning are one, so that they are few. */
    private static Map<Labels, Long> serverErrors(Map<Integer, Long> byCode) {
        Map<Labels, Long> errors = new HashMap<>();
        byCode.forEach((code, count) -> errors.merge(
                Labels.of("code", code < ErrorCode.values().length ? Integer.toString(code) : "other"),
                count,
                Long::sum));
        return errors;
    }

    private static void addDurations(MetricSet set, String name, String help, Histogram durations) {
        List<Long> counts = new ArrayList<>();
        long below = 0;
        for (double bound : BOUNDS) {
            long upTo = durations.getCountBetweenValues(0, Math.round(bound * NANOS));
            counts.add(upTo - below);
            below = upTo;
        }
        counts.add(durations.getTotalCount() - below);
        double sum = durations.getTotalCount() == 0 ? 0 : durations.getMean() * durations.getTotalCount() / NANOS;
        set.histogram(name, help, BOUNDS, counts, sum);
    }
}
