package dev.lockstep.tftp.server.internal.metrics;

import dev.lockstep.tftp.internal.metrics.MetricSet;
import dev.lockstep.tftp.server.internal.origin.OriginCounters;
import dev.lockstep.tftp.server.internal.origin.OriginMetrics;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** The metrics of origins and of their cache. There are none as long as no origin is configured. */
public final class OriginCollector implements MultiCollector {
    private final Supplier<OriginMetrics> metrics;

    /**
     * Creates a collector.
     *
     * @param metrics returns the counters; called once for each collection
     */
    public OriginCollector(Supplier<OriginMetrics> metrics) {
        this.metrics = metrics;
    }

    @Override
    public MetricSnapshots collect() {
        OriginMetrics now = metrics.get();
        MetricSet set = new MetricSet("tftp_origin_");
        if (now.origins().isEmpty()) {
            return set.snapshots();
        }
        Map<Labels, Long> requests = new HashMap<>();
        now.origins()
                .forEach((origin, counters) -> Map.of(
                                "hit", counters.hits(),
                                "joined", counters.joined(),
                                "stale", counters.stale(),
                                "negative", counters.negative())
                        .forEach(
                                (result, count) -> requests.put(Labels.of("origin", origin, "result", result), count)));
        set.counters("requests", "Requests that were answered without a fetch of their own, by result.", requests)
                .counters(
                        "fetches",
                        "Requests to the origin for a file, validations included.",
                        each(now, OriginCounters::fetches))
                .counters(
                        "validations",
                        "Fetches that found the file in the cache unchanged.",
                        each(now, OriginCounters::validated))
                .counters("resumed_fetches", "Resumptions of broken fetches.", each(now, OriginCounters::resumed))
                .counters("failures", "Fetches that failed, other than by 404.", each(now, OriginCounters::failures))
                .counters("received_bytes", "Bytes of files from the origin.", each(now, OriginCounters::bytes))
                .counters("uploads", "Uploads that the origin has stored.", each(now, OriginCounters::uploads))
                .counters(
                        "failed_uploads",
                        "Uploads that the origin has not stored.",
                        each(now, OriginCounters::failedUploads))
                .gauge("cache_bytes", "Bytes in the cache, as of the last count.", now.cacheBytes())
                .gauge("cache_files", "Files in the cache, as of the last count.", now.cacheFiles())
                .counter("cache_evictions", "Files that were evicted from the cache.", now.evictions())
                .counter("cache_damages", "Files that were found damaged.", now.damages());
        return set.snapshots();
    }

    private static Map<Labels, Long> each(OriginMetrics now, ToLongFunction<OriginCounters> count) {
        Map<Labels, Long> all = new HashMap<>();
        now.origins().forEach((origin, counters) -> all.put(Labels.of("origin", origin), count.applyAsLong(counters)));
        return all;
    }
}
