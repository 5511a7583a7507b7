package dev.lockstep.tftp.server.internal.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.server.internal.origin.OriginCounters;
import dev.lockstep.tftp.server.internal.origin.OriginMetrics;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OriginCollectorTest {
    private static MetricSnapshots collected(Map<String, OriginCounters> origins) {
        return new OriginCollector(() -> new OriginMetrics(origins, 1000, 2, 3, 4)).collect();
    }

    @Test
    void each_origin_has_its_counters() {
        MetricSnapshots metrics =
                collected(Map.of("https://boot.example", new OriginCounters(), "s3://boot", new OriginCounters()));
        assertThat(metrics.stream().map(each -> each.getMetadata().getName()))
                .contains("tftp_origin_requests", "tftp_origin_fetches", "tftp_origin_cache_bytes");
        MetricSnapshot fetches = metrics.stream()
                .filter(each -> each.getMetadata().getName().equals("tftp_origin_fetches"))
                .findFirst()
                .orElseThrow();
        assertThat(fetches.getDataPoints())
                .map(DataPointSnapshot::getLabels)
                .map(labels -> labels.get("origin"))
                .containsExactlyInAnyOrder("https://boot.example", "s3://boot");
    }

    @Test
    void there_are_no_metrics_without_an_origin() {
        assertThat(collected(Map.of())).isEmpty();
    }
}
