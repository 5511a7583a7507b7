package dev.lockstep.tftp.client.conform.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.client.conform.Check;
import dev.lockstep.tftp.client.conform.CheckResult;
import dev.lockstep.tftp.client.conform.ServerRun;
import dev.lockstep.tftp.client.conform.Status;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The reports of conformance checks. */
class ConformTableTest {
    private static ConformReport report(Status status, String detail) {
        Check<?> check = Check.named("f6", ServerRun.checks()).get(0);
        CheckResult result = new CheckResult(check, status, detail, List.of("0.000 <RRQ>"), null, 0.5);
        return new ConformReport("192.0.2.1:69", List.of(result), Instant.EPOCH, 1, "tftp 0");
    }

    @Test
    void colours_are_only_on_the_result() {
        ConformReport report = report(Status.FAILED, "received ACK");
        assertThat(ConformTable.of(report, true, false)).startsWith("\033[31mFAILED \033[m F6   MUST ");
        assertThat(ConformTable.of(report, false, false))
                .startsWith("FAILED  F6   MUST ")
                .doesNotContain("\033");
        assertThat(ConformTable.of(report, false, false))
                .doesNotContain("<RRQ>")
                .contains("received ACK", "(1 MUST)");
        assertThat(ConformTable.of(report, false, true)).contains("<RRQ>");
    }

    @Test
    void texts_of_peers_are_escaped_in_xml_and_html() {
        ConformReport report = report(Status.FAILED, "received \"<script>&\u0001");
        for (String text : List.of(JUnitReport.of(report, false), ConformPage.of(report))) {
            assertThat(text)
                    .contains("&quot;&lt;script&gt;&amp;?", "&lt;RRQ&gt;")
                    .doesNotContain("<script");
        }
    }

    @Test
    void a_failed_check_of_severity_must_is_a_failure_and_a_skipped_one_is_skipped() {
        assertThat(JUnitReport.of(report(Status.FAILED, "x"), false))
                .contains("failures=\"1\" errors=\"0\" skipped=\"0\"");
        assertThat(JUnitReport.of(report(Status.SKIPPED, "x"), true))
                .contains("failures=\"0\" errors=\"0\" skipped=\"1\"");
    }
}
