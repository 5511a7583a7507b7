package dev.lockstep.tftp.server.internal.metrics;

import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.event.RefusalReason;
import dev.lockstep.tftp.internal.metrics.MetricSet;
import dev.lockstep.tftp.server.ServerMetrics;
import dev.lockstep.tftp.server.ServerMetrics.DurationMetrics;
import dev.lockstep.tftp.server.ServerMetrics.OperationMetrics;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Converts a snapshot of the counters to metrics. Each label has values of an enum, or names of rules in force: never an
 * address, a port, a file name or the value of an option, of which clients could make any number of series.
 */
@ThreadSafe
public final class ServerCollector implements MultiCollector {
    private static final double MILLIS = 1e3;

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
        MetricSet set = new MetricSet("tftp_server_").build(version);
        addRequests(set, now);
        addTransfers(set, now);
        addLimits(set, now);
        if (reloads != null) {
            addReloads(set, reloads.state());
        }
        return set.snapshots();
    }

    private static void addRequests(MetricSet set, ServerMetrics now) {
        Map<Labels, Long> requests = new HashMap<>();
        Map.of("read", now.reads(), "write", now.writes()).forEach((operation, counts) -> {
            requests.put(Labels.of("operation", operation, "outcome", "started"), counts.started());
            requests.put(Labels.of("operation", operation, "outcome", "refused"), counts.refused());
        });
        requests.put(
                Labels.of("operation", "unknown", "outcome", "refused"),
                now.refusals().get(RefusalReason.MALFORMED));
        Map<Labels, Long> refusals = new HashMap<>();
        now.refusalsByRule()
                .forEach((key, count) ->
                        refusals.put(Labels.of("code", Integer.toString(key.code()), "rule", key.rule()), count));
        set.counters("requests", "Requests by operation and by what became of them.", requests)
                .counters(
                        "refusals",
                        "Requests that were refused with an ERROR, by its code and by the rule of the configuration file.",
                        refusals)
                .counters(
                        "requests_refused",
                        "Requests that were refused with an ERROR, by reason.",
                        "reason",
                        now.refusals())
                .counters(
                        "datagrams_dropped",
                        "Datagrams that were dropped without a reply, by reason.",
                        "reason",
                        now.drops());
    }

    private static void addTransfers(MetricSet set, ServerMetrics now) {
        Map<Labels, Long> transfers = new HashMap<>();
        Map.of("read", now.reads(), "write", now.writes())
                .forEach((operation, counts) -> counts.ended()
                        .forEach((outcome, count) -> transfers.put(
                                Labels.of("operation", operation, "result", MetricSet.labelOf(outcome)), count)));
        OperationMetrics both = now.transfers();
        set.counters("transfers", "Transfers that have ended, by operation and result.", transfers)
                .gauge("transfers_active", "Transfers that have started and not ended.", both.running())
                .counter("file_bytes", "Bytes of files that receivers have.", both.bytes())
                .counter("retransmitted_blocks", "Messages that were sent again.", both.retransmissions());
        addDurations(
                set, "transfer_duration_seconds", "Time from the request to the end of a transfer.", now.durations());
        addDurations(
                set, "first_data_seconds", "Time from the request to the first DATA of a transfer.", now.firstData());
    }

    private static void addDurations(MetricSet set, String name, String help, DurationMetrics durations) {
        set.histogram(name, help, durations.bounds(), durations.counts(), durations.sum());
    }

    private static void addLimits(MetricSet set, ServerMetrics now) {
        set.gauge(
                        "unvalidated_peers",
                        "Transfers whose peer has not replied yet.",
                        now.addressValidation().unvalidated())
                .gauge(
                        "unvalidated_peers_limit",
                        "Limit of transfers whose peer has not replied yet.",
                        now.addressValidation().limit())
                .counter(
                        "peers_validated",
                        "Transfers whose peer has replied.",
                        now.addressValidation().validated())
                .counter(
                        "messages_withheld",
                        "Messages that were not sent to a peer before its reply, because of a limit.",
                        now.addressValidation().withheld())
                .gauge(
                        "chunk_cache_bytes",
                        "Bytes of file chunks in the cache.",
                        now.chunkCache().bytes())
                .counter(
                        "chunk_cache_hits",
                        "Chunks that were found in the cache.",
                        now.chunkCache().hits())
                .counter(
                        "chunk_cache_misses",
                        "Chunks that were read into the cache.",
                        now.chunkCache().misses())
                .gauge(
                        "buffer_memory_bytes",
                        "Memory for file chunks in use, the cache included.",
                        now.bufferMemory().used())
                .gauge(
                        "buffer_memory_limit_bytes",
                        "Limit of the memory for file chunks.",
                        now.bufferMemory().limit());
    }

    private static void addReloads(MetricSet set, ReloadCounters.State state) {
        Map<Labels, Long> reloads = Map.of(
                Labels.of("result", "success"), state.succeeded(), Labels.of("result", "failure"), state.failed());
        set.counters("config_reloads", "Reloads of the configuration file, by result.", reloads)
                .gauge(
                        "config_last_reload_successful",
                        "1 if the last reload of the configuration file was successful, 0 if the previous one was kept.",
                        state.lastSuccessful() ? 1 : 0)
                .gauge(
                        "config_last_reload_success_timestamp_seconds",
                        "Time at which the configuration in force was read.",
                        state.inForceSince().toEpochMilli() / MILLIS);
    }
}
