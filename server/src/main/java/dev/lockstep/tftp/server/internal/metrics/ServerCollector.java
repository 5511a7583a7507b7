package dev.lockstep.tftp.server.internal.metrics;

import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.event.RefusalReason;
import dev.lockstep.tftp.server.ServerMetrics;
import dev.lockstep.tftp.server.ServerMetrics.DurationMetrics;
import dev.lockstep.tftp.server.ServerMetrics.OperationMetrics;
import io.prometheus.metrics.model.registry.MultiCollector;
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
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Converts a snapshot of the counters to metrics. Each label has values of an enum, or names of rules in force: never an
 * address, a port, a file name or the value of an option, of which clients could make any number of series.
 */
@ThreadSafe
public final class ServerCollector implements MultiCollector {
    private static final double MILLIS = 1e3;
    private static final String PREFIX = "tftp_server_";

    private final String version;
    private final Supplier<ServerMetrics> metrics;
    private final ReloadCounters reloads;

    /**
     * Creates a collector.
     *
     * @param version the version of the program
     * @param metrics returns a snapshot; called once for each collection
     * @param reloads of the configuration file, or null if there is none
     */
    public ServerCollector(String version, Supplier<ServerMetrics> metrics, ReloadCounters reloads) {
        this.version = version;
        this.metrics = metrics;
        this.reloads = reloads;
    }

    @Override
    public MetricSnapshots collect() {
        ServerMetrics now = metrics.get();
        List<MetricSnapshot> all = new ArrayList<>();
        all.add(requests(now));
        all.add(refusals(now));
        all.add(counters(
                "requests_refused", "Requests that were refused with an ERROR, by reason.", "reason", now.refusals()));
        all.add(transfers(now));
        all.add(gauge(
                "transfers_active",
                "Transfers that have started and not ended.",
                now.transfers().running()));
        all.add(counter(
                "file_bytes",
                "Bytes of files that receivers have.",
                now.transfers().bytes()));
        all.add(counter(
                "retransmitted_blocks",
                "Messages that were sent again.",
                now.transfers().retransmissions()));
        all.add(histogram(
                "transfer_duration_seconds", "Time from the request to the end of a transfer.", now.durations()));
        all.add(histogram(
                "first_data_seconds", "Time from the request to the first DATA of a transfer.", now.firstData()));
        all.add(counters(
                "datagrams_dropped", "Datagrams that were dropped without a reply, by reason.", "reason", now.drops()));
        all.add(gauge(
                "unvalidated_peers",
                "Transfers whose peer has not replied yet.",
                now.addressValidation().unvalidated()));
        all.add(gauge(
                "unvalidated_peers_limit",
                "Limit of transfers whose peer has not replied yet.",
                now.addressValidation().limit()));
        all.add(counter(
                "peers_validated",
                "Transfers whose peer has replied.",
                now.addressValidation().validated()));
        all.add(counter(
                "messages_withheld",
                "Messages that were not sent to a peer before its reply, because of a limit.",
                now.addressValidation().withheld()));
        all.add(gauge(
                "chunk_cache_bytes",
                "Bytes of file chunks in the cache.",
                now.chunkCache().bytes()));
        all.add(counter(
                "chunk_cache_hits",
                "Chunks that were found in the cache.",
                now.chunkCache().hits()));
        all.add(counter(
                "chunk_cache_misses",
                "Chunks that were read into the cache.",
                now.chunkCache().misses()));
        all.add(gauge(
                "buffer_memory_bytes",
                "Memory for file chunks in use, the cache included.",
                now.bufferMemory().used()));
        all.add(gauge(
                "buffer_memory_limit_bytes",
                "Limit of the memory for file chunks.",
                now.bufferMemory().limit()));
        if (reloads != null) {
            addReloads(all, reloads.state());
        }
        all.add(InfoSnapshot.builder()
                .name(PREFIX + "build")
                .help("Version of the program.")
                .dataPoint(InfoDataPointSnapshot.builder()
                        .labels(Labels.of("version", version))
                        .build())
                .build());
        return new MetricSnapshots(all);
    }

    private static MetricSnapshot requests(ServerMetrics now) {
        CounterSnapshot.Builder snapshot = CounterSnapshot.builder()
                .name(PREFIX + "requests")
                .help("Requests, by operation and what became of them.");
        Map.of("read", now.reads(), "write", now.writes())
                .forEach((operation, counts) -> snapshot.dataPoint(
                                point(Labels.of("operation", operation, "outcome", "started"), counts.started()))
                        .dataPoint(point(Labels.of("operation", operation, "outcome", "refused"), counts.refused())));
        long malformed = now.refusals().get(RefusalReason.MALFORMED);
        return snapshot.dataPoint(point(Labels.of("operation", "unknown", "outcome", "refused"), malformed))
                .build();
    }

    private static MetricSnapshot refusals(ServerMetrics now) {
        CounterSnapshot.Builder snapshot = CounterSnapshot.builder()
                .name(PREFIX + "refusals")
                .help(
                        "Requests that were refused with an ERROR, by its code and by the rule of the configuration file.");
        now.refusalsByRule()
                .forEach((key, count) -> snapshot.dataPoint(
                        point(Labels.of("code", Integer.toString(key.code()), "rule", key.rule()), count)));
        return snapshot.build();
    }

    private static MetricSnapshot transfers(ServerMetrics now) {
        CounterSnapshot.Builder snapshot = CounterSnapshot.builder()
                .name(PREFIX + "transfers")
                .help("Transfers that have ended, by operation and result.");
        addTransfers(snapshot, "read", now.reads());
        addTransfers(snapshot, "write", now.writes());
        return snapshot.build();
    }

    private static void addTransfers(CounterSnapshot.Builder snapshot, String operation, OperationMetrics counts) {
        for (Map.Entry<Outcome, Long> ended : counts.ended().entrySet()) {
            Labels labels = Labels.of("operation", operation, "result", nameOf(ended.getKey()));
            snapshot.dataPoint(point(labels, ended.getValue()));
        }
    }

    private static void addReloads(List<MetricSnapshot> all, ReloadCounters.State state) {
        all.add(CounterSnapshot.builder()
                .name(PREFIX + "config_reloads")
                .help("Reloads of the configuration file, by result.")
                .dataPoint(point(Labels.of("result", "success"), state.succeeded()))
                .dataPoint(point(Labels.of("result", "failure"), state.failed()))
                .build());
        all.add(gauge(
                "config_last_reload_successful",
                "1 if the last reload of the configuration file was successful, 0 if the previous one was kept.",
                state.lastSuccessful() ? 1 : 0));
        all.add(gauge(
                "config_last_reload_success_timestamp_seconds",
                "Time at which the configuration in force was read.",
                state.inForceSince().toEpochMilli() / MILLIS));
    }

    private static <E extends Enum<E>> MetricSnapshot counters(
            String name, String help, String label, Map<E, Long> counts) {
        CounterSnapshot.Builder snapshot =
                CounterSnapshot.builder().name(PREFIX + name).help(help);
        counts.forEach((constant, count) -> snapshot.dataPoint(point(Labels.of(label, nameOf(constant)), count)));
        return snapshot.build();
    }

    private static String nameOf(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static MetricSnapshot counter(String name, String help, long value) {
        return CounterSnapshot.builder()
                .name(PREFIX + name)
                .help(help)
                .dataPoint(point(Labels.EMPTY, value))
                .build();
    }

    private static CounterDataPointSnapshot point(Labels labels, long value) {
        return CounterDataPointSnapshot.builder().labels(labels).value(value).build();
    }

    private static MetricSnapshot gauge(String name, String help, double value) {
        return GaugeSnapshot.builder()
                .name(PREFIX + name)
                .help(help)
                .dataPoint(GaugeDataPointSnapshot.builder().value(value).build())
                .build();
    }

    private static MetricSnapshot histogram(String name, String help, DurationMetrics durations) {
        ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        for (int i = 0; i < durations.counts().size(); i++) {
            double bound = i < durations.bounds().size() ? durations.bounds().get(i) : Double.POSITIVE_INFINITY;
            buckets.bucket(bound, durations.counts().get(i));
        }
        return HistogramSnapshot.builder()
                .name(PREFIX + name)
                .help(help)
                .unit(Unit.SECONDS)
                .dataPoint(HistogramDataPointSnapshot.builder()
                        .classicHistogramBuckets(buckets.build())
                        .sum(durations.sum())
                        .build())
                .build();
    }
}
