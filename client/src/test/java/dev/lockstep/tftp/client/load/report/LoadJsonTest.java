package dev.lockstep.tftp.client.load.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import org.HdrHistogram.Histogram;
import org.HdrHistogram.IntCountsHistogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoadJsonTest {
    /** Thousand times, of which 600 are 1 ms, 320 are 2 ms, and so on. */
    private static final Percentiles TIMES = times(600, 320, 40, 34, 5, 1);

    private static Percentiles times(long... counts) {
        Histogram times = new Histogram(3);
        for (int i = 0; i < counts.length; i++) {
            times.recordValueWithCount((i + 1) * 1_000_000L, counts[i]);
        }
        return new Percentiles(times);
    }

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
                .containsEntry("/fail_if/value", "4.002")
                .containsEntry("/fail_if/failed", "true")
                .containsEntry("/operation", "get")
                .containsEntry("/targets/uri", "tftp://127.0.0.1/boot.img")
                .containsEntry("/targets/weight", "2")
                .containsEntry("/profile", "edk2")
                .containsEntry("/concurrency", "64")
                .containsEntry("/planned/transfers", "4")
                .containsEntry("/shard/index", "1")
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
                .containsEntry("/latency_ms/p50", "1.0")
                .containsEntry("/latency_ms/p95", "3.0")
                .containsEntry("/latency_ms/p99.9", "5.001")
                .containsEntry("/first_byte_ms/max", "6.001")
                .containsEntry("/start_delay_ms/count", "1000")
                .containsEntry("/timeline/bytes_per_second", "3000.0")
                .containsEntry("/timeline/running", "2")
                .containsEntry("/timeline/completed", "3")
                .containsEntry("/timeline/p99_ms", "5.023")
                .containsEntry("/latency_distribution/to_ms", "1.076")
                .containsEntry("/first_byte_distribution/count", "600");
    }

    @Test
    void a_report_that_is_read_again_is_the_same() {
        LoadReport report = result("timed out");
        assertThat(LoadJsonReader.read("tftp: 1 of 4 transfers failed\n" + LoadJson.of(report) + "\n"))
                .isEqualTo(report);
        assertThat(LoadJson.of(LoadJsonReader.read(LoadJson.of(report)))).isEqualTo(LoadJson.of(report));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no object", "{}", "[]", "{\"title\": 1}", "{\"title\": \"", "{\"fail_if\": [1]}"})
    void any_other_text_is_rejected(String text) {
        assertThatThrownBy(() -> LoadJsonReader.read(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"hdr_histogram_ns\" : \"", "hdr_histogram_us\" : \"", "weight\" : ", "begin\" : \"", "index\" : "
            })
    void a_report_with_a_wrong_field_is_rejected(String field) {
        String json = LoadJson.of(result("timed out"));
        assertThat(json).contains(field);
        assertThatThrownBy(() -> LoadJsonReader.read(json.replace(field, field + "0")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_report_with_a_damaged_histogram_or_without_its_files_is_rejected() {
        String json = LoadJson.of(result("timed out"));
        String begin = "(hdr_histogram_ns\" : \".{8})";
        assertThatThrownBy(() -> LoadJsonReader.read(json.replaceFirst(begin + "[^\"]*", "$1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("wrong value");
        assertThatThrownBy(() -> LoadJsonReader.read(json.replace("\"by_target\"", "\"by_target\" : [ ], \"by\"")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no by_target");
    }

    @Test
    void texts_of_a_file_are_escaped_for_terminals() {
        String json = LoadJson.of(result("timed out")).replace("timed out", "\\u001b[2J");
        assertThat(LoadTable.of(LoadJsonReader.read(json))).contains("\\x1b[2J").doesNotContain("\033");
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
                        "FAILED       p99>3ms: 4.00 ms",
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
                        "latency         1.00     1.53     1.00     2.00     3.00     4.00     5.00     6.00");
    }

    @Test
    void an_error_of_a_server_is_counted_once() {
        assertThat(LoadTable.of(result("server sent ERROR 1 file not found")))
                .containsOnlyOnce("ERROR 1")
                .contains("1 × server sent ERROR 1 file not found");
    }

    @Test
    void without_a_complete_transfer_there_is_a_dash_for_each_figure() throws IOException {
        Percentiles none = times();
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
                List.of(FailCondition.parse("p99>3ms"), FailCondition.parse("rate<1")),
                List.of());
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
