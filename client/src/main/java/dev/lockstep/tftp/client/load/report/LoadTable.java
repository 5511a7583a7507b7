package dev.lockstep.tftp.client.load.report;

import dev.lockstep.tftp.client.load.FailCondition;
import dev.lockstep.tftp.client.load.LoadResult;
import dev.lockstep.tftp.client.load.Percentiles;
import dev.lockstep.tftp.event.TransferSummary;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;

/** Formats a result as a table of text lines. */
public final class LoadTable {
    private static final String DASH = "–";

    private LoadTable() {}

    /**
     * Returns the lines, failures first.
     *
     * @param report the result of a load test and its circumstances
     * @return the lines, each with a line separator
     */
    public static String of(LoadReport report) {
        LoadResult result = report.result();
        StringBuilder text = new StringBuilder();
        if (!report.title().isEmpty()) {
            line(text, "title", "%s", report.title());
        }
        failures(text, report);
        if (!report.shards().isEmpty()) {
            line(
                    text,
                    "shards",
                    "%d of %d, begun within %.2f s",
                    report.shards().size(),
                    report.shardCount(),
                    report.secondsBetweenBegins());
        }
        line(
                text,
                "transfers",
                "%d complete, %d failed in %.2f s",
                result.completed(),
                result.failed(),
                result.seconds());
        if (result.running() > 0) {
            line(text, "stopped", "%d transfers were running", result.running());
        }
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
        line(
                text,
                "rate",
                "%.1f transfers/s, %s",
                result.transfersPerSecond(),
                TransferSummary.rate(result.bytes(), result.seconds()));
        line(
                text,
                "file bytes",
                "%d, retransmitted %d, duplicate or reordered %d",
                result.bytes(),
                result.resends(),
                result.duplicates());
        result.granted()
                .forEach(granted -> line(
                        text,
                        "granted",
                        "%d × blksize %d, windowsize %d",
                        granted.getValue(),
                        granted.getKey().blksize(),
                        granted.getKey().windowsize()));
        heading(text, "ms", result.latency());
        row(text, "latency", result.latency());
        row(text, "first byte", result.firstByte());
        if (result.plan().schedule().isOpen()) {
            row(text, "start delay", result.startDelay());
        }
        if (result.rows().size() > 1) {
            rowHeading(text, "file");
            result.rows()
                    .forEach(row -> row(
                            text,
                            row.completed(),
                            row.failed(),
                            row.latency(),
                            "" + row.target().remote()));
        }
        if (!report.shards().isEmpty()) {
            rowHeading(text, "shard");
            report.shards().forEach(shard -> row(text, shard));
        }
        return text.toString();
    }

    private static void failures(StringBuilder text, LoadReport report) {
        LoadResult result = report.result();
        if (!report.missing().isEmpty()) {
            line(text, "MISSING", "%s", report.describeMissing());
        }
        for (FailCondition condition : report.conditions()) {
            String verdict = condition.holdsFor(result) ? "FAILED" : "ok";
            line(text, verdict, "%s: %s", condition.text(), condition.describe(condition.valueIn(result)));
        }
        for (Map.Entry<String, Long> failure : result.failures()) {
            line(text, "failed", "%d × %s", failure.getValue(), failure.getKey());
        }
        result.wrongContent().forEach(wrong -> line(text, "wrong", "%s", wrong));
        if (result.notStarted() > 0) {
            line(text, "not started", "%d: %s", result.notStarted(), reasonNotStarted(result));
        }
    }

    private static String reasonNotStarted(LoadResult result) {
        return result.notStartedReason()
                .map(reason -> "no socket: " + reason + " (see ulimit -n, or use a lower --rate or --concurrency)")
                .orElse("the limit of concurrent transfers was reached");
    }

    private static void row(StringBuilder text, LoadReport shard) {
        LoadResult result = shard.result();
        row(text, result.completed(), result.failed(), result.latency(), shard.shard() + "  " + shard.machine());
    }

    private static void rowHeading(StringBuilder text, String name) {
        text.append(String.format(
                Locale.ROOT,
                "%10s %10s %10s %10s %10s  %s%n",
                "complete",
                "failed",
                "p50 ms",
                "p99 ms",
                "max ms",
                name));
    }

    private static void row(StringBuilder text, long completed, long failed, Percentiles latency, String name) {
        text.append(String.format(
                Locale.ROOT,
                "%10d %10d %10s %10s %10s  %s%n",
                completed,
                failed,
                millis(latency.p50()),
                millis(latency.p99()),
                millis(latency.max()),
                name));
    }

    private static void line(StringBuilder text, String name, String format, Object... values) {
        text.append(String.format(Locale.ROOT, "%-12s ", name))
                .append(String.format(Locale.ROOT, format, values))
                .append(System.lineSeparator());
    }

    private static void heading(StringBuilder text, String name, Percentiles of) {
        cells(text, name, of.figures().keySet());
    }

    private static void row(StringBuilder text, String name, Percentiles of) {
        cells(text, name, of.figures().values().stream().map(LoadTable::millis).toList());
    }

    private static void cells(StringBuilder text, String name, Collection<String> cells) {
        text.append(String.format(Locale.ROOT, "%-11s", name));
        cells.forEach(cell -> text.append(String.format(Locale.ROOT, " %8s", cell)));
        text.append(System.lineSeparator());
    }

    private static String millis(double value) {
        return Double.isNaN(value) ? DASH : String.format(Locale.ROOT, "%.2f", value);
    }
}
