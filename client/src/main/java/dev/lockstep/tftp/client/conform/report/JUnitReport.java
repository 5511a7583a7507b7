package dev.lockstep.tftp.client.conform.report;

import static dev.lockstep.tftp.client.conform.report.ConformReport.escape;

import dev.lockstep.tftp.client.conform.CheckResult;
import dev.lockstep.tftp.client.conform.Status;
import java.util.Locale;

/**
 * Formats results as XML that build servers read as that of JUnit. A check that fails without counting as a violation
 * is a skipped test with its reason, so that build and exit status agree.
 */
public final class JUnitReport {
    private JUnitReport() {}

    /**
     * Returns the XML.
     *
     * @param report the results
     * @param strict whether a failed check of severity SHOULD is a violation
     * @return the XML text
     */
    public static String of(ConformReport report, boolean strict) {
        long failures = report.results().stream()
                .filter(result -> result.isViolation(strict))
                .count();
        long skipped = report.results().size() - report.count(Status.PASSED) - failures;
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        xml.append(String.format(
                Locale.ROOT,
                "<testsuite name=\"tftp conform %s\" tests=\"%d\" failures=\"%d\" errors=\"0\" skipped=\"%d\""
                        + " time=\"%.3f\" timestamp=\"%s\">%n",
                escape(report.target()),
                report.results().size(),
                failures,
                skipped,
                report.seconds(),
                report.begin()));
        report.results().forEach(result -> append(xml, result, result.isViolation(strict)));
        return xml.append("</testsuite>\n").toString();
    }

    private static void append(StringBuilder xml, CheckResult result, boolean violation) {
        String name = result.check().id() + " " + result.check().protocolCase().text();
        xml.append(String.format(
                Locale.ROOT,
                "  <testcase classname=\"tftp.conform.%s\" name=\"%s\" time=\"%.3f\"",
                escape(result.severity().toString()),
                escape(name),
                result.seconds()));
        if (result.status() == Status.PASSED) {
            xml.append("/>\n");
            return;
        }
        String detail = escape(result.detail());
        if (violation) {
            xml.append(">\n    <failure type=\"")
                    .append(escape(result.severity() + " "
                            + result.check().protocolCase().clause()))
                    .append("\" message=\"")
                    .append(detail)
                    .append("\">")
                    .append(escape(String.join("\n", result.transcript())))
                    .append("</failure>\n");
        } else {
            String prefix = result.status() == Status.FAILED ? "failed, " + result.severity() + ": " : "";
            xml.append(">\n    <skipped message=\"")
                    .append(prefix)
                    .append(detail)
                    .append("\"/>\n");
        }
        xml.append("  </testcase>\n");
    }
}
