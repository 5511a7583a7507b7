package dev.lockstep.tftp.client.conform.report;

import dev.lockstep.tftp.client.conform.CheckResult;
import dev.lockstep.tftp.client.conform.Severity;
import dev.lockstep.tftp.client.conform.Status;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The results of all checks of one peer.
 *
 * @param target the server, or the command of the client
 * @param results the results in the order of the table of cases
 * @param begin when the run started
 * @param seconds how long it took
 * @param version the version of this program
 */
public record ConformReport(String target, List<CheckResult> results, Instant begin, double seconds, String version) {

    /** Returns the number of checks that ended in this way. */
    public long count(Status status) {
        return results.stream().filter(result -> result.status() == status).count();
    }

    /** Returns one sentence, such as {@code 61 passed, 4 failed (1 MUST, 3 judgement), 9 skipped}. */
    public String summary() {
        String severities = Stream.of(Severity.values())
                .map(severity -> {
                    long failed = results.stream()
                            .filter(result -> result.status() == Status.FAILED && result.severity() == severity)
                            .count();
                    return failed == 0 ? "" : failed + " " + severity;
                })
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining(", "));
        return count(Status.PASSED) + " passed, " + count(Status.FAILED) + " failed"
                + (severities.isEmpty() ? "" : " (" + severities + ")") + ", " + count(Status.SKIPPED) + " skipped";
    }

    /** Escapes a text for XML and HTML. */
    static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            switch (point) {
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '&' -> escaped.append("&amp;");
                case '"' -> escaped.append("&quot;");
                default -> {
                    boolean isXml =
                            point >= ' ' && point != 0xFFFE && point != 0xFFFF || point == '\n' || point == '\t';
                    escaped.appendCodePoint(isXml ? point : '?');
                }
            }
        });
        return escaped.toString();
    }
}
