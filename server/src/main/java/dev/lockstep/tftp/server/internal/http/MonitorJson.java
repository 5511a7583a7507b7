package dev.lockstep.tftp.server.internal.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.tftp.internal.text.AddressFormat;
import dev.lockstep.tftp.internal.text.LogSanitizer;
import dev.lockstep.tftp.server.ServerMetrics;
import dev.lockstep.tftp.server.TftpServer;
import dev.lockstep.tftp.server.internal.http.RateHistory.Sample;
import dev.lockstep.tftp.server.internal.http.TransferMonitor.Numbered;
import dev.lockstep.tftp.server.internal.http.TransferQuery.Selection;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Formats the state of a monitor as JSON. The name of a field includes its unit. File names and reasons are text of peers and
 * escaped as in the log.
 */
final class MonitorJson {
    /** Running transfers in one snapshot; {@code /api/transfers} has all of them. */
    static final int SNAPSHOT_ROWS = 50;

    /** Ended transfers and refused requests in one snapshot. */
    private static final int NEWEST = 20;

    private static final int LAST_SAMPLES = 5;
    private static final double NANOS = 1e9;
    private static final JsonFactory FACTORY = new JsonFactory();

    private static final Comparator<RunningTransfer> BY_PART = Comparator.comparingDouble(RunningTransfer::part);
    private static final Map<String, Comparator<RunningTransfer>> RUNNING_COLUMNS = Map.of(
            "peer", Comparator.comparing(RunningTransfer::peer),
            "file", Comparator.comparing(RunningTransfer::file),
            "progress", BY_PART.thenComparingLong(RunningTransfer::bytes),
            "rate", Comparator.comparingDouble(RunningTransfer::rate),
            "blksize", Comparator.comparingLong(row -> (long) row.blksize() * row.windowsize()),
            "resends", Comparator.comparingLong(RunningTransfer::resends),
            "rule", Comparator.comparing(RunningTransfer::rule),
            // the number grows with the time of the start
            "age", Comparator.comparingLong(RunningTransfer::id).reversed());
    private static final Map<String, Comparator<Numbered>> RECENT_COLUMNS = Map.of(
            "time", Comparator.comparingLong(Numbered::number),
            "severity", Comparator.comparing(row -> row.entry().severity()));

    private MonitorJson() {}

    /** Writes the fields of an object. */
    @FunctionalInterface
    interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    /** Returns an object. */
    static String object(Fields fields) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a StringWriter never fails
        }
        return text.toString();
    }

    /** Writes what changes from second to second. */
    static void writeSnapshot(JsonGenerator json, TransferMonitor monitor) throws IOException {
        List<RunningTransfer> oldest =
                monitor.running().stream().limit(SNAPSHOT_ROWS).toList();
        boolean isAll = oldest.size() < SNAPSHOT_ROWS; // then they are counted, which agrees with the rows
        json.writeObjectFieldStart("running");
        json.writeNumberField("count", isAll ? oldest.size() : Math.max(SNAPSHOT_ROWS, monitor.runningCount()));
        json.writeNumberField(
                "writes",
                isAll ? oldest.stream().filter(RunningTransfer::isWrite).count() : monitor.runningWrites());
        writeRunning(json, oldest, monitor);
        json.writeEndObject();
        json.writeObjectFieldStart("recent");
        json.writeNumberField("last", monitor.lastNumber());
        json.writeNumberField("unlisted", monitor.unlisted());
        writeRecent(json, monitor.recent(monitor.lastNumber() - NEWEST));
        json.writeEndObject();
        json.writeObjectFieldStart("top");
        writeTop(json, "clients", monitor.top().clients());
        writeTop(json, "files", monitor.top().files());
        json.writeEndObject();
        writeRates(json, monitor.rates().last(LAST_SAMPLES));
    }

    /** Writes the sums since the start. */
    static void writeTotals(JsonGenerator json, ServerMetrics metrics, TransferMonitor.Totals totals)
            throws IOException {
        ServerMetrics.OperationMetrics all = metrics.transfers();
        json.writeObjectFieldStart("totals");
        json.writeNumberField("requests", all.requested());
        json.writeNumberField("started", all.started());
        json.writeNumberField(
                "refused",
                metrics.refusals().values().stream().mapToLong(Long::longValue).sum());
        json.writeNumberField("sent_bytes", totals.sent);
        json.writeNumberField("received_bytes", totals.received);
        json.writeNumberField("resent", totals.resent);
        writeCounts(json, "ended", all.ended());
        writeCounts(json, "refusals", metrics.refusals());
        writeCounts(json, "drops", metrics.drops());
        json.writeNumberField("unvalidated", metrics.addressValidation().unvalidated());
        json.writeNumberField("unvalidated_limit", metrics.addressValidation().limit());
        json.writeNumberField("buffer_bytes", metrics.bufferMemory().used());
        json.writeNumberField("buffer_limit_bytes", metrics.bufferMemory().limit());
        json.writeNumberField("cache_hits", metrics.chunkCache().hits());
        json.writeNumberField("cache_misses", metrics.chunkCache().misses());
        json.writeEndObject();
    }

    private static void writeCounts(JsonGenerator json, String name, Map<? extends Enum<?>, Long> counts)
            throws IOException {
        json.writeObjectFieldStart(name);
        for (Map.Entry<? extends Enum<?>, Long> count : counts.entrySet()) {
            if (count.getValue() > 0) {
                json.writeNumberField(count.getKey().name().toLowerCase(Locale.ROOT), count.getValue());
            }
        }
        json.writeEndObject();
    }

    /** Writes the state of the server. */
    static void writeServer(JsonGenerator json, TftpServer server) throws IOException {
        json.writeStringField("state", server.isStopping() ? "draining" : server.isServing() ? "serving" : "blocked");
        json.writeArrayFieldStart("addresses");
        for (InetSocketAddress address : server.addresses()) {
            json.writeString(AddressFormat.of(address));
        }
        json.writeEndArray();
    }

    /** Writes the running transfers that a query selects. */
    static void writeRunning(JsonGenerator json, TransferMonitor monitor, TransferQuery query) throws IOException {
        Selection<RunningTransfer> selection = query.select(
                monitor.running(),
                row -> row.peer() + ' ' + (row.isWrite() ? "write " : "read ") + row.file() + ' ' + row.rule(),
                RUNNING_COLUMNS);
        json.writeNumberField("count", monitor.runningCount());
        json.writeNumberField("matching", selection.matching());
        writeRunning(json, selection.rows(), monitor);
    }

    private static void writeRunning(JsonGenerator json, List<RunningTransfer> rows, TransferMonitor monitor)
            throws IOException {
        json.writeArrayFieldStart("rows");
        for (RunningTransfer row : rows) {
            json.writeStartObject();
            json.writeNumberField("id", row.id());
            json.writeStringField("peer", row.peer());
            json.writeStringField("operation", row.isWrite() ? "write" : "read");
            json.writeStringField("file", row.file());
            json.writeNumberField("bytes", row.bytes());
            if (row.size() >= 0) {
                json.writeNumberField("size_bytes", row.size());
            }
            json.writeNumberField("bytes_per_second", Math.round(row.rate()));
            json.writeNumberField("blksize", row.blksize());
            json.writeNumberField("windowsize", row.windowsize());
            json.writeNumberField("resends", row.resends());
            json.writeStringField("rule", row.rule());
            writeRounded(json, "age_seconds", monitor.ageOf(row));
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** Writes the ended transfers and refused requests that a query selects. */
    static void writeRecent(JsonGenerator json, TransferMonitor monitor, TransferQuery query, long after)
            throws IOException {
        Selection<Numbered> selection = query.select(monitor.recent(after), row -> textOf(row.entry()), RECENT_COLUMNS);
        json.writeNumberField("last", monitor.lastNumber());
        json.writeNumberField("matching", selection.matching());
        writeRecent(json, selection.rows());
    }

    private static String textOf(EndedTransfer entry) {
        return String.join(
                " ",
                AddressFormat.of(entry.peer()),
                entry.isWrite() ? "write" : "read",
                entry.file() == null ? "" : entry.file(),
                entry.rule(),
                entry.result(),
                entry.reason() == null ? "" : entry.reason());
    }

    private static void writeRecent(JsonGenerator json, List<Numbered> rows) throws IOException {
        json.writeArrayFieldStart("rows");
        for (Numbered row : rows) {
            EndedTransfer entry = row.entry();
            json.writeStartObject();
            json.writeNumberField("number", row.number());
            json.writeNumberField("time_ms", entry.time());
            json.writeStringField("result", entry.result());
            json.writeNumberField("severity", entry.severity().ordinal());
            json.writeStringField("peer", AddressFormat.of(entry.peer()));
            json.writeStringField("client", entry.client());
            if (entry.file() != null) { // not a malformed request
                json.writeStringField("operation", entry.isWrite() ? "write" : "read");
                json.writeStringField("file", PeerText.of(entry.file()));
            }
            json.writeStringField("rule", entry.rule());
            if (entry.reason() != null) {
                json.writeStringField("reason", LogSanitizer.of(entry.reason()));
            }
            if (entry.outcome() != null) {
                json.writeNumberField("bytes", entry.bytes());
                writeRounded(json, "seconds", entry.nanos() / NANOS);
                json.writeNumberField("blksize", entry.blksize());
                json.writeNumberField("windowsize", entry.windowsize());
                json.writeNumberField("resends", entry.resends());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void writeTop(JsonGenerator json, String name, List<TopList.Entry> list) throws IOException {
        json.writeArrayFieldStart(name);
        for (TopList.Entry entry : list) {
            json.writeStartObject();
            json.writeStringField("name", PeerText.of(entry.key()));
            json.writeNumberField("transfers", entry.transfers());
            json.writeNumberField("bytes", entry.bytes());
            json.writeNumberField("problems", entry.problems());
            json.writeBooleanField("exact", entry.missing() == 0);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** Writes samples: arrays, because there are many. */
    static void writeRates(JsonGenerator json, List<Sample> samples) throws IOException {
        json.writeArrayFieldStart("rates");
        for (Sample sample : samples) {
            json.writeStartArray();
            json.writeNumber(sample.number());
            json.writeNumber(sample.time());
            json.writeNumber(Math.round(sample.sent()));
            json.writeNumber(Math.round(sample.received()));
            json.writeNumber(sample.running());
            json.writeNumber(sample.ended());
            json.writeNumber(sample.failed());
            json.writeNumber(sample.refused());
            json.writeNumber(sample.resent());
            json.writeEndArray();
        }
        json.writeEndArray();
    }

    private static void writeRounded(JsonGenerator json, String name, double value) throws IOException {
        json.writeNumberField(name, rounded(value));
    }

    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }
}
