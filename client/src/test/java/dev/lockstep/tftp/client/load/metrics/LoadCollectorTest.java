package dev.lockstep.tftp.client.load.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.client.load.LoadProgress;
import dev.lockstep.tftp.client.load.LoadSnapshot;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class LoadCollectorTest {
    private static String text(LoadSnapshot snapshot) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrometheusTextFormatWriter.create().write(out, new LoadCollector("1.2.3", () -> snapshot).collect());
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void the_numbers_of_a_load_test_are_shown() throws Exception {
        Histogram latency = new Histogram(3);
        latency.recordValue(400_000); // 0.4 ms
        latency.recordValue(2_000_000);
        latency.recordValue(90_000_000_000L);
        LoadProgress progress = new LoadProgress(false, 12.5, 10, 3, 2, 4096, 1.5);

        assertThat(text(new LoadSnapshot(progress, 1, 7, Map.of(1, 2L, 4711, 3L, 12, 4L), latency, new Histogram(3))))
                .contains(
                        "tftp_load_build_info{version=\"1.2.3\"} 1\n",
                        "tftp_load_warming_up 0.0\n",
                        "tftp_load_elapsed_seconds 12.5\n",
                        "tftp_load_transfers_total{result=\"complete\"} 3.0\n",
                        "tftp_load_transfers_total{result=\"failed\"} 2.0\n",
                        "tftp_load_transfers_active 5.0\n",
                        "tftp_load_transfers_not_started_total 1.0\n",
                        "tftp_load_file_bytes_total 4096.0\n",
                        "tftp_load_retransmitted_blocks_total 7.0\n",
                        "tftp_load_server_errors_total{code=\"1\"} 2.0\n",
                        "tftp_load_server_errors_total{code=\"other\"} 7.0\n",
                        "tftp_load_transfer_duration_seconds_bucket{le=\"5.0E-4\"} 1\n",
                        "tftp_load_transfer_duration_seconds_bucket{le=\"0.0025\"} 2\n",
                        "tftp_load_transfer_duration_seconds_bucket{le=\"60.0\"} 2\n",
                        "tftp_load_transfer_duration_seconds_bucket{le=\"+Inf\"} 3\n",
                        "tftp_load_first_data_seconds_count 0\n")
                .containsPattern("tftp_load_transfer_duration_seconds_sum 90\\.\\d+\n");
    }
}
