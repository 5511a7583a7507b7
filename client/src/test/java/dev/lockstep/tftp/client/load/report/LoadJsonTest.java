package dev.lockstep.tftp.client.load.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.lockstep.tftp.client.load.FailCondition;
import dev.lockstep.tftp.client.load.FirmwareProfile;
import dev.lockstep.tftp.client.load.GrantedOptions;
import dev.lockstep.tftp.client.load.LoadPlan;
import dev.lockstep.tftp.client.load.LoadResult;
import dev.lockstep.tftp.client.load.LoadSchedule;
import dev.lockstep.tftp.client.load.Percentiles;
import dev.lockstep.tftp.client.load.Target;
import dev.lockstep.tftp.client.load.TransferSample;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.internal.impairment.LinkImpairment;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.HdrHistogram.IntCountsHistogram;
import org.junit.jupiter.api.Test;

class LoadJsonTest {
    private static final Percentiles TIMES =
            new Percentiles(3, 1, 2, 1.5, 2.5, 3, 3.5, 4.5, 5.5, List.of(new Percentiles.Bucket(1, 6, 3)));

    @Test
    void each_figure_has_a_field_with_its_unit() throws IOException {
        Map<String, String> fields = fields(LoadJson.of(result("server sent ERROR 1 </script>")));
        assertThat(fields)
                .containsEntry("/title", "in.tftpd 5.2")
                .containsEntry("/command", "tftp load tftp://127.0.0.1/boot.img")
                .containsEntry("/version", "tftp 1.0")
                .containsEntry("/begin", "2026-01-02T03:04:05Z")
                .containsEntry("/machine", "2 cores")
                .containsEntry("/successful", "false")
                .containsEntry("/fail_if/condition", "p99>3ms")
                .containsEntry("/fail_if/value", "3.5")
                .containsEntry("/fail_if/failed", "true")
                .containsEntry("/operation", "get")
                .containsEntry("/targets/uri", "tftp://127.0.0.1/boot.img")
                .containsEntry("/targets/weight", "2")
                .containsEntry("/profile", "edk2")
                .containsEntry("/concurrency", "64")
                .containsEntry("/faults/loss", "0.25")
                .containsEntry("/faults/seed", "9")
                .containsEntry("/warm_up/seconds", "5.0")
                .containsEntry("/warm_up/completed", "70")
                .containsEntry("/warm_up/failed", "1")
                .containsEntry("/warm_up/bytes", "70000")
                .containsEntry("/seconds", "2.0")
                .containsEntry("/transfers", "4")
                .containsEntry("/completed", "3")
                .containsEntry("/failed", "1")
                .containsEntry("/not_started", "7")
                .containsEntry("/not_started_reason", "Too many open files")
                .containsEntry("/running", "2")
                .containsEntry("/granted/blksize", "1428")
                .containsEntry("/granted/windowsize", "64")
                .containsEntry("/granted/transfers", "3")
                .containsEntry("/by_target/uri", "tftp://127.0.0.1/boot.img")
                .containsEntry("/by_target/completed", "3")
                .containsEntry("/by_target/latency_ms/p95", "3.0")
                .containsEntry("/bytes", "3000")
                .containsEntry("/bytes_per_second", "1500.0")
                .containsEntry("/transfers_per_second", "1.5")
                .containsEntry("/resends", "5")
                .containsEntry("/duplicates", "6")
                .containsEntry("/failures/reason", "server sent ERROR 1 </script>")
                .containsEntry("/failures/count", "1")
                .containsEntry("/server_errors/code", "1")
                .containsEntry("/wrong_content", "boot.img: wrong byte at offset 3")
                .containsEntry("/latency_ms/min", "1.0")
                .containsEntry("/latency_ms/p50", "1.5")
                .containsEntry("/latency_ms/p95", "3.0")
                .containsEntry("/latency_ms/p99.9", "4.5")
                .containsEntry("/first_byte_ms/max", "5.5")
                .containsEntry("/start_delay_ms/count", "3")
                .containsEntry("/timeline/bytes_per_second", "3000.0")
                .containsEntry("/timeline/running", "2")
                .containsEntry("/timeline/p99_ms", "5.023")
                .containsEntry("/latency_distribution/to_ms", "6.0")
                .containsEntry("/first_byte_distribution/count", "3");
    }

    @Test
    void the_text_of_a_server_is_escaped_in_the_page() {
        String page = LoadPage.of(result("server sent ERROR 1 </script><script>alert(1)"));
        assertThat(page)
                .doesNotContain("<script>alert")
                .contains("\\u003c/script>")
                .doesNotContain("@RESULT@");
    }

    @Test
    void the_page_needs_no_network() {
        String page = LoadPage.of(result("x"));
        assertThat(page).contains("Chart.js v").doesNotContain("src=").doesNotContain("<link");
    }

    @Test
    void the_table_has_the_same_figures_and_the_failures_first() {
        assertThat(LoadTable.of(result("timed out")).lines())
                .containsSequence(
                        "FAILED       p99>3ms: 3.50 ms",
                        "ok           rate<1: 1.5/s",
                        "failed       1 × timed out",
                        "wrong        boot.img: wrong byte at offset 3",
                        "not started  7: no socket: Too many open files (see ulimit -n, or use a lower --rate or"
                                + " --concurrency)",
                        "transfers    3 complete, 1 failed in 2.00 s",
                        "stopped      2 transfers were running",
                        "warm-up      70 complete, 1 failed in 5.00 s; excluded, except for its failures",
                        "rate         1.5 transfers/s, 1.5 kB/s",
                        "file bytes   3000, retransmitted 5, duplicate or reordered 6",
                        "granted      3 × blksize 1428, windowsize 64",
                        "ms               min     mean      p50      p90      p95      p99    p99.9      max",
                        "latency         1.00     2.00     1.50     2.50     3.00     3.50     4.50     5.50");
    }

    @Test
    void an_error_of_a_server_is_counted_once() {
        assertThat(LoadTable.of(result("server sent ERROR 1 file not found")))
                .containsOnlyOnce("ERROR 1")
                .contains("1 × server sent ERROR 1 file not found");
    }

    @Test
    void without_a_complete_transfer_there_is_a_dash_for_each_figure() throws IOException {
        double no = Double.NaN;
        Percentiles none = new Percentiles(0, no, no, no, no, no, no, no, no, List.of());
        assertThat(LoadTable.of(report("timed out", none)))
                .contains("latency    " + "        –".repeat(8))
                .contains("FAILED       p99>3ms: –");
        assertThat(fields(LoadJson.of(report("timed out", none))))
                .containsEntry("/latency_ms/p99", "null")
                .containsEntry("/latency_ms/count", "0");
    }

    private static LoadReport result(String reason) {
        return report(reason, TIMES);
    }

    private static LoadReport report(String reason, Percentiles times) {
        LoadPlan plan = new LoadPlan(
                List.of(Target.parse("tftp://127.0.0.1/boot.img@2", TransferMode.OCTET)),
                new LoadSchedule(64, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO, 4),
                -1,
                Optional.of(FirmwareProfile.EDK2),
                Optional.empty(),
                new LinkImpairment(0.25, 0, 0, 0, 0, 9));
        IntCountsHistogram latency = new IntCountsHistogram(2);
        latency.recordValue(5000);
        LoadResult result = new LoadResult(
                plan,
                2,
                4,
                3,
                1,
                3000,
                5,
                6,
                times,
                times,
                times,
                List.of(Map.entry(reason, 1L)),
                new TreeMap<>(Map.of(1, 1L)),
                List.of("boot.img: wrong byte at offset 3"),
                List.of(new TransferSample(1, 1, 3000, 3, 1, 2, latency)),
                new LoadResult.WarmUp(5, 70, 1, 70_000),
                7,
                Optional.of("Too many open files"),
                2,
                List.of(Map.entry(new GrantedOptions(1428, 64), 3L)),
                List.of(new LoadResult.Row(plan.targets().get(0), 3, 1, 3000, times)));
        return new LoadReport(
                "in.tftpd 5.2",
                result,
                "tftp load tftp://127.0.0.1/boot.img",
                "tftp 1.0",
                Instant.parse("2026-01-02T03:04:05Z"),
                "2 cores",
                List.of(FailCondition.parse("p99>3ms"), FailCondition.parse("rate<1")));
    }

    /** Returns each value with the path of names that leads to it. Indices of arrays are omitted. */
    private static Map<String, String> fields(String json) throws IOException {
        Map<String, String> fields = new TreeMap<>();
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token.isScalarValue()) {
                    String path = parser.getParsingContext()
                            .pathAsPointer()
                            .toString()
                            .replaceAll("/\\d+(?=/|$)", "");
                    fields.putIfAbsent(path, parser.getText());
                }
            }
        }
        return fields;
    }
}
