package dev.lockstep.tftp.client.load.report;

import dev.lockstep.tftp.client.load.LoadResult;
import dev.lockstep.tftp.client.load.Percentiles;
import dev.lockstep.tftp.event.TransferSummary;
import java.util.Locale;
import java.util.Map;

/** Formats a result as a table of text lines. */
public final class LoadTable {
    private static final String COLUMNS = "%-12s %10s %10s %10s %10s %10s%n";

    private LoadTable() {}

    /**
     * Returns the lines.
     *
     * @param result the result of a load test
     * @return the lines, each with a line separator
     */
    public static String of(LoadResult result) {
        StringBuilder text = new StringBuilder();
        line(
                text,
                "transfers",
                "%d complete, %d failed in %.2f s",
                result.completed(),
                result.failed(),
                result.seconds());
        LoadResult.WarmUp warmUp = result.warmUp();
        if (warmUp.seconds() > 0) {
            line(
                    text,
                    "warm-up",
                    "%d complete, %d failed in %.2f s; excluded, except for its failures",
                    warmUp.completed(),
                    warmUp.failed(),
                    warmUp.seconds());
        }
        line(text, "rate", "%.1f transfers/s, %s", result.transfersPerSecond(), rate(result));
        line(
                text,
                "file bytes",
                "%d, retransmitted %d, duplicate or reordered %d",
                result.bytes(),
                result.resends(),
                result.duplicates());
        text.append(String.format(Locale.ROOT, COLUMNS, "ms", "p50", "p90", "p99", "p99.9", "max"));
        row(text, "latency", result.latency());
        row(text, "first byte", result.firstByte());
        if (result.plan().schedule().isOpen()) {
            row(text, "start delay", result.startDelay());
        }
        for (Map.Entry<String, Long> failure : result.failures()) {
            line(text, "failed", "%d × %s", failure.getValue(), failure.getKey());
        }
        result.serverErrors().forEach((code, count) -> line(text, "ERROR " + code, "%d × from the server", count));
        result.wrongContent().forEach(wrong -> line(text, "wrong", "%s", wrong));
        return text.toString();
    }

    private static String rate(LoadResult result) {
        return TransferSummary.rate(result.bytes(), result.seconds());
    }

    private static void line(StringBuilder text, String name, String format, Object... values) {
        text.append(String.format(Locale.ROOT, "%-12s ", name))
                .append(String.format(Locale.ROOT, format, values))
                .append(System.lineSeparator());
    }

    private static void row(StringBuilder text, String name, Percentiles of) {
        text.append(String.format(
                Locale.ROOT,
                COLUMNS,
                name,
                millis(of.p50()),
                millis(of.p90()),
                millis(of.p99()),
                millis(of.p999()),
                millis(of.max())));
    }

    private static String millis(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
