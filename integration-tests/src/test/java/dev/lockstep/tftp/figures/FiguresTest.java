package dev.lockstep.tftp.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

/** The figures of the documentation. */
class FiguresTest {
    /** Two rounds of one work: 100 MB in 0.1 and 0.2 s, with 0.05 s of processor time, 0.04 s of it in the kernel. */
    private static final String RESULTS = """
            # a comment
            condition|date|2026-11-22
            condition|machine|2 cores (any), 4 GiB
            rounds|2
            run|100 MB at 1428 × 64, one client|lockstep|0.1|100000000|1|0|0.03|500|900|0|1.00|1.05|0.50|0.54
            run|100 MB at 1428 × 64, one client|lockstep|0.2|100000000|1|0|0.06|500|900|0|1.00|1.05|0.50|0.54
            run|100 MB at 1428 × 64, one client|atftpd|0.4|100000000|1|0|0.06|500|600|0|1.00|1.20|0.50|0.60
            memory|10000|0|12.3|373
            resident|before|at rest|92160
            resident|after|at rest|67174
            resident|after|windows|119910
            nmt|before|at rest|Java Heap|387072
            nmt|after|at rest|Java Heap|20480
            nmt|after|at rest|Safepoint|8
            """;

    @TempDir
    private Path folder;

    private Map<String, String> blocks() throws IOException {
        Path file = Files.writeString(folder.resolve("results"), RESULTS);
        return new PerformanceFigures(Results.read(file)).blocks();
    }

    @Test
    void a_table_has_medians_with_their_range_and_ratios_to_the_best_peer() throws IOException {
        assertThat(blocks().get("throughput"))
                .contains("Medians of 2 rounds on 2 cores, ", "In 1 of 1 works")
                .contains("| 100 MB at 1428 × 64, one client, MB/s | 750 (500–1000) | 250 (250–250) | – | – | – |");
        assertThat(blocks().get("best"))
                .contains("| 100 MB at 1428 × 64, one client | atftpd | 3.00 × | 0.25 × | 1.50 × |");
        assertThat(blocks().get("processor")).contains("| 0.50, 80 % | 2.00, 50 % |");
        assertThat(blocks().get("conditions")).contains("| date | 2026-11-22 |");
        assertThat(blocks().get("memory"))
                .isEqualTo("10,000 transfers of 128 KiB at once, in lock-step with blocks of"
                        + " 1428: 0 failed, 12.3 s, the daemon took 373 MiB at most.");
    }

    @Test
    void memory_is_in_mebibytes_and_categories_without_a_mebibyte_are_left_out() throws IOException {
        assertThat(blocks().get("resident")).contains("| at rest | 90.0 | 65.6 |", "| windows | – | 117.1 |");
        assertThat(blocks().get("native-memory"))
                .contains("| Category | at rest, before | at rest, after |", "| Java Heap | 378.0 | 20.0 |")
                .doesNotContain("Safepoint");
    }

    @Test
    void a_variant_that_was_not_measured_has_no_column() throws IOException {
        assertThat(blocks().get("variants")).startsWith("| Work | default |\n");
    }

    @Test
    void a_block_of_a_page_is_replaced_and_the_rest_is_kept() throws IOException {
        Path page = Files.writeString(folder.resolve("page.md"), """
                before
                <!-- figures memory -->
                old
                <!-- end -->
                after
                """);
        assertThat(FiguresCommand.filled(page, Map.of("memory", "new $1\n"))).isEqualTo("""
                before
                <!-- figures memory -->

                new $1

                <!-- end -->
                after
                """);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FiguresCommand.filled(page, Map.of("other", "")))
                .withMessageEndingWith("block memory (expected: one of [other])");
    }

    @Test
    void a_chart_is_well_formed_and_readable_on_a_dark_page() throws Exception {
        String bars = Chart.bars(
                "less < more",
                List.of("one", "two"),
                List.of(new Chart.Group("work", List.of(new Chart.Bar(0, 1, "10"), new Chart.Bar(1, 0.5, "5")))));
        Document document = parsed(bars);
        assertThat(document.getElementsByTagName("rect").getLength()).isEqualTo(4); // two keys and two bars
        assertThat(document.getDocumentElement().getTextContent())
                .contains("less < more", "prefers-color-scheme: dark");
        String ranges = Chart.ranges(
                "times", List.of("a", "b"), List.of(new Spread(0.5, 1, 2), Spread.of(DoubleStream.of(30, 10, 20))));
        assertThat(parsed(ranges).getElementsByTagName("circle").getLength()).isEqualTo(2);
    }

    private static Document parsed(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
    }

    @Test
    void a_spread_has_three_significant_digits() {
        assertThat(new Spread(1.234, 12.34, 1234).text()).isEqualTo("12.3 (1.23–1234)");
        assertThat(new Spread().text()).isEqualTo("–");
    }
}
