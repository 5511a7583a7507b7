package dev.lockstep.tftp.client.load.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.lockstep.tftp.client.load.FirmwareProfile;
import dev.lockstep.tftp.client.load.LoadPlan;
import dev.lockstep.tftp.client.load.LoadResult;
import dev.lockstep.tftp.client.load.LoadSchedule;
import dev.lockstep.tftp.client.load.Percentiles;
import dev.lockstep.tftp.client.load.Target;
import dev.lockstep.tftp.client.load.TransferSample;
import dev.lockstep.tftp.client.load.impairment.LinkImpairment;
import dev.lockstep.tftp.codec.TransferMode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LoadJsonTest {
    private static final Percentiles TIMES =
            new Percentiles(3, 2, 1.5, 2.5, 3.5, 4.5, 5.5, List.of(new Percentiles.Bucket(1, 6, 3)));

    @Test
    void each_figure_has_a_field_with_its_unit() throws IOException {
        Map<String, String> fields = fields(LoadJson.of(result("server sent ERROR 1 </script>")));
        assertThat(fields)
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
                .containsEntry("/bytes", "3000")
                .containsEntry("/bytes_per_second", "1500.0")
                .containsEntry("/transfers_per_second", "1.5")
                .containsEntry("/resends", "5")
                .containsEntry("/duplicates", "6")
                .containsEntry("/failures/reason", "server sent ERROR 1 </script>")
                .containsEntry("/failures/count", "1")
                .containsEntry("/server_errors/code", "1")
                .containsEntry("/wrong_content", "boot.img: wrong byte at offset 3")
                .containsEntry("/latency_ms/p50", "1.5")
                .containsEntry("/latency_ms/p99.9", "4.5")
                .containsEntry("/first_byte_ms/max", "5.5")
                .containsEntry("/start_delay_ms/count", "3")
                .containsEntry("/timeline/bytes_per_second", "3000.0")
                .containsEntry("/timeline/running", "2")
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
    void the_table_has_the_same_figures() {
        assertThat(LoadTable.of(result("timed out")))
                .contains("3 complete, 1 failed in 2.00 s")
                .contains("70 complete, 1 failed in 5.00 s; excluded")
                .contains("1.5 transfers/s, 1.5 kB/s")
                .contains("1 × timed out")
                .contains("boot.img: wrong byte at offset 3");
    }

    private static LoadResult result(String reason) {
        LoadPlan plan = new LoadPlan(
                List.of(Target.parse("tftp://127.0.0.1/boot.img@2", TransferMode.OCTET)),
                new LoadSchedule(64, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO, 4),
                -1,
                Optional.of(FirmwareProfile.EDK2),
                Optional.empty(),
                new LinkImpairment(0.25, 0, 0, 0, 0, 9));
        return new LoadResult(
                plan,
                2,
                4,
                3,
                1,
                3000,
                5,
                6,
                TIMES,
                TIMES,
                TIMES,
                List.of(Map.entry(reason, 1L)),
                new TreeMap<>(Map.of(1, 1L)),
                List.of("boot.img: wrong byte at offset 3"),
                List.of(new TransferSample(1, 1, 3000, 3, 1, 2)),
                new LoadResult.WarmUp(5, 70, 1, 70_000));
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
