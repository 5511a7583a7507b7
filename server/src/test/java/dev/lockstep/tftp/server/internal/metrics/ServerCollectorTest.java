package dev.lockstep.tftp.server.internal.metrics;

import static dev.lockstep.tftp.testing.Requests.rrq;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.event.DropReason;
import dev.lockstep.tftp.event.RefusalReason;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.server.RequestPolicy;
import dev.lockstep.tftp.server.RequestSettings;
import dev.lockstep.tftp.server.ServerMetrics;
import dev.lockstep.tftp.server.ServerMetrics.AddressValidationMetrics;
import dev.lockstep.tftp.server.ServerMetrics.BufferMemoryMetrics;
import dev.lockstep.tftp.server.ServerMetrics.ChunkCacheMetrics;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ServerCollectorTest {
    private static final InetSocketAddress PEER = new InetSocketAddress("192.0.2.7", 2000);
    private static final int HOSTILE_REQUESTS = 200_000;

    /** A policy whose rules change with a reload. The rule of a request is the first element of its name. */
    private static final class Rules implements RequestPolicy {
        private Set<String> names = Set.of("lab", "voip \"7\"\n");

        @Override
        public RequestSettings resolve(Request request, InetSocketAddress peer) {
            throw new UnsupportedOperationException();
        }

        @Override
        public String ruleOf(Request request, InetSocketAddress peer) {
            return request.filename().replaceFirst("/.*", "");
        }

        @Override
        public Set<String> ruleNames() {
            return names;
        }
    }

    private final Rules rules = new Rules();
    private final ServerCounters counters = new ServerCounters(rules);
    private final ReloadCounters reloads = new ReloadCounters();
    private final ServerCollector collector = new ServerCollector("1.2.3", this::snapshot, reloads);

    private ServerMetrics snapshot() {
        return counters.snapshot(
                new AddressValidationMetrics(1, 4096, 2, 3),
                new ChunkCacheMetrics(4, 5, 6),
                new BufferMemoryMetrics(7, 8));
    }

    private String text() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrometheusTextFormatWriter.create().write(out, collector.collect());
        return out.toString(StandardCharsets.UTF_8);
    }

    private void refuse(String filename, int code) {
        refuse(rrq(filename), code);
    }

    private void refuse(Request request, int code) {
        TftpException error = new TftpException(ErrorCode.values()[code], "x");
        counters.on(new TransferEvent.Refused(1, PEER, request, RefusalReason.STORAGE, error));
    }

    @Test
    void refusals_are_counted_by_code_and_rule_of_the_file() throws Exception {
        refuse("lab/a", 1);
        refuse("lab/b", 1);
        refuse("lab/c", 2);
        refuse("voip \"7\"\n/a", 1);
        refuse("other/a", 1);
        counters.on(new TransferEvent.Refused(
                1, PEER, null, RefusalReason.MALFORMED, new TftpException(ErrorCode.ILLEGAL_OPERATION, "x")));

        assertThat(text())
                .contains(
                        "tftp_server_refusals_total{code=\"1\",rule=\"lab\"} 2.0\n",
                        "tftp_server_refusals_total{code=\"2\",rule=\"lab\"} 1.0\n",
                        "tftp_server_refusals_total{code=\"1\",rule=\"voip \\\"7\\\"\\n\"} 1.0\n",
                        "tftp_server_refusals_total{code=\"1\",rule=\"none\"} 1.0\n",
                        "tftp_server_refusals_total{code=\"4\",rule=\"none\"} 1.0\n");
    }

    @Test
    void rules_that_are_no_longer_in_force_vanish_and_others_keep_their_counts() throws Exception {
        refuse("lab/a", 1);
        refuse("voip \"7\"\n/a", 1);
        rules.names = Set.of("lab", "new");
        refuse("new/a", 1);

        assertThat(text())
                .contains("{code=\"1\",rule=\"lab\"} 1.0\n", "{code=\"1\",rule=\"new\"} 1.0\n")
                .doesNotContain("voip");
    }

    @Test
    void reloads_are_shown_with_the_time_of_the_configuration_in_force() throws Exception {
        assertThat(text())
                .contains(
                        "tftp_server_config_last_reload_successful 1.0\n",
                        "tftp_server_config_reloads_total{result=\"success\"} 0.0\n");
        ReloadCounters.State before = reloads.state();
        reloads.failed();
        assertThat(text())
                .contains(
                        "tftp_server_config_last_reload_successful 0.0\n",
                        "tftp_server_config_reloads_total{result=\"failure\"} 1.0\n");
        assertThat(reloads.state().inForceSince()).isEqualTo(before.inForceSince());
        reloads.succeeded();
        assertThat(text())
                .contains(
                        "tftp_server_config_last_reload_successful 1.0\n",
                        "tftp_server_config_reloads_total{result=\"success\"} 1.0\n");
    }

    @Test
    void without_a_configuration_file_there_are_no_reloads() {
        assertThat(new ServerCollector("1", this::snapshot, null).collect())
                .noneMatch(metric -> metric.getMetadata().getName().contains("config"));
    }

    @Test
    void the_other_values_of_a_snapshot_are_shown() throws Exception {
        counters.on(new TransferEvent.Dropped(PEER, DropReason.NOT_A_REQUEST));

        assertThat(text())
                .contains(
                        "tftp_server_datagrams_dropped_total{reason=\"not_a_request\"} 1.0\n",
                        "tftp_server_unvalidated_peers 1.0\n",
                        "tftp_server_unvalidated_peers_limit 4096.0\n",
                        "tftp_server_peers_validated_total 2.0\n",
                        "tftp_server_messages_withheld_total 3.0\n",
                        "tftp_server_chunk_cache_bytes 4.0\n",
                        "tftp_server_chunk_cache_hits_total 5.0\n",
                        "tftp_server_chunk_cache_misses_total 6.0\n",
                        "tftp_server_buffer_memory_bytes 7.0\n",
                        "tftp_server_buffer_memory_limit_bytes 8.0\n");
    }

    @Test
    void hostile_requests_add_no_series() throws Exception {
        for (int code = 0; code < ErrorCode.values().length; code++) {
            refuse("lab/a", code);
            refuse("voip \"7\"\n/a", code);
            refuse("none/a", code);
        }
        long before = text().lines().count();
        Random random = new Random(15);
        for (int i = 0; i < HOSTILE_REQUESTS; i++) {
            Options options =
                    Options.NONE.with("blksize", random.nextInt(65536)).with("x" + i, i);
            refuse(new ReadRequest("f" + random.nextLong(), TransferMode.OCTET, options), random.nextInt(9));
        }

        assertThat(text().lines().count()).isEqualTo(before);
        assertThat(counters.refusalsByRule().values().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .isEqualTo(HOSTILE_REQUESTS + 27);
    }
}
