package dev.lockstep.tftp.client.load.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.tftp.client.load.LoadPlan;
import dev.lockstep.tftp.client.load.LoadResult;
import dev.lockstep.tftp.client.load.Percentiles;
import dev.lockstep.tftp.internal.impairment.LinkImpairment;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.Deflater;
import org.HdrHistogram.AbstractHistogram;

/** Formats a result as one JSON object. The name of a field includes its unit. */
public final class LoadJson {
    private static final double NANOS = 1e9;

    private LoadJson() {}

    /**
     * Returns the JSON object.
     *
     * @param report the result of a load test and its circumstances
     * @return the JSON text
     */
    public static String of(LoadReport report) {
        LoadResult result = report.result();
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            json.writeStringField("title", report.title());
            json.writeStringField("command", report.command());
            json.writeStringField("version", report.version());
            json.writeStringField("begin", report.begin().toString());
            json.writeStringField("machine", report.machine());
            json.writeBooleanField("successful", report.isSuccessful());
            writeConditions(json, report);
            writeShards(json, report);
            writePlan(json, result.plan());
            writeTotals(json, result);
            writeFailures(json, result);
            writePercentiles(json, "latency_ms", result.latency());
            writePercentiles(json, "first_byte_ms", result.firstByte());
            writePercentiles(json, "start_delay_ms", result.startDelay());
            writeTargets(json, result);
            writeTimeline(json, result);
            writeDistribution(json, "latency_distribution", result.latency());
            writeDistribution(json, "first_byte_distribution", result.firstByte());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a StringWriter never fails
        }
        return text.toString();
    }

    /** Writes the fields of an object. */
    private interface Fields<T> {
        void write(T element) throws IOException;
    }

    private static <T> void writeObjects(JsonGenerator json, String name, Iterable<T> elements, Fields<T> fields)
            throws IOException {
        json.writeArrayFieldStart(name);
        for (T element : elements) {
            json.writeStartObject();
            fields.write(element);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void writeConditions(JsonGenerator json, LoadReport report) throws IOException {
        writeObjects(json, "fail_if", report.conditions(), condition -> {
            double value = condition.valueIn(report.result());
            json.writeStringField("condition", condition.text());
            writeRounded(json, "value", value);
            json.writeStringField("text", condition.describe(value));
            json.writeBooleanField("failed", condition.holdsFor(report.result()));
        });
    }

    private static void writeShards(JsonGenerator json, LoadReport report) throws IOException {
        json.writeObjectFieldStart("shard");
        json.writeNumberField("index", report.shard().index());
        json.writeNumberField("count", report.shard().count());
        json.writeEndObject();
        writeObjects(json, "merged_shards", report.shards(), shard -> {
            LoadResult result = shard.result();
            json.writeNumberField("index", shard.shard().index());
            json.writeStringField("begin", shard.begin().toString());
            json.writeStringField("machine", shard.machine());
            writeRounded(json, "seconds", result.seconds());
            json.writeNumberField("completed", result.completed());
            json.writeNumberField("failed", result.failed());
            json.writeNumberField("bytes", result.bytes());
            writePercentiles(json, "latency_ms", result.latency());
        });
        json.writeArrayFieldStart("missing_shards");
        for (int index : report.missing()) {
            json.writeNumber(index);
        }
        json.writeEndArray();
    }

    private static void writePlan(JsonGenerator json, LoadPlan plan) throws IOException {
        json.writeStringField("operation", plan.isPut() ? "put" : "get");
        writeObjects(json, "targets", plan.targets(), target -> {
            json.writeStringField("uri", target.remote().toString());
            json.writeNumberField("weight", target.weight());
        });
        json.writeNumberField("concurrency", plan.schedule().concurrency());
        json.writeNumberField("rate_per_second", plan.schedule().rate());
        json.writeNumberField("ramp_seconds", plan.schedule().ramp().toNanos() / NANOS);
        json.writeObjectFieldStart("planned");
        if (plan.schedule().transfers() < Long.MAX_VALUE) {
            json.writeNumberField("transfers", plan.schedule().transfers());
        }
        json.writeNumberField("warm_up_seconds", plan.schedule().warmUp().toNanos() / NANOS);
        json.writeNumberField("duration_seconds", plan.schedule().duration().toNanos() / NANOS);
        json.writeEndObject();
        if (plan.profile().isPresent()) {
            json.writeStringField("profile", plan.profile().get().toString());
        }
        if (plan.isPut()) {
            json.writeNumberField("put_size", plan.putSize());
        }
        LinkImpairment impairment = plan.impairment();
        json.writeObjectFieldStart("faults");
        json.writeNumberField("loss", impairment.loss());
        json.writeNumberField("duplicate", impairment.duplicate());
        json.writeNumberField("reorder", impairment.reorder());
        json.writeNumberField("delay_ms", impairment.delayMillis());
        json.writeNumberField("jitter_ms", impairment.jitterMillis());
        json.writeNumberField("seed", impairment.seed());
        json.writeEndObject();
    }

    private static void writeTotals(JsonGenerator json, LoadResult result) throws IOException {
        writeRounded(json, "seconds", result.seconds());
        json.writeNumberField("transfers", result.transfers());
        json.writeNumberField("completed", result.completed());
        json.writeNumberField("failed", result.failed());
        json.writeNumberField("not_started", result.notStarted());
        if (result.notStartedReason().isPresent()) {
            json.writeStringField(
                    "not_started_reason", result.notStartedReason().get());
        }
        json.writeNumberField("running", result.running());
        writeObjects(json, "granted", result.granted(), granted -> {
            json.writeNumberField("blksize", granted.getKey().blksize());
            json.writeNumberField("windowsize", granted.getKey().windowsize());
            json.writeNumberField("transfers", granted.getValue());
        });
        json.writeNumberField("bytes", result.bytes());
        writeRounded(json, "bytes_per_second", result.bytesPerSecond());
        writeRounded(json, "transfers_per_second", result.transfersPerSecond());
        json.writeNumberField("resends", result.resends());
        json.writeNumberField("duplicates", result.duplicates());
        LoadResult.WarmUp warmUp = result.warmUp();
        json.writeObjectFieldStart("warm_up");
        writeRounded(json, "seconds", warmUp.seconds());
        json.writeNumberField("completed", warmUp.completed());
        json.writeNumberField("failed", warmUp.failed());
        json.writeNumberField("bytes", warmUp.bytes());
        json.writeEndObject();
    }

    private static void writeFailures(JsonGenerator json, LoadResult result) throws IOException {
        writeObjects(json, "failures", result.failures(), failure -> {
            json.writeStringField("reason", failure.getKey());
            json.writeNumberField("count", failure.getValue());
        });
        writeObjects(json, "server_errors", result.serverErrors().entrySet(), error -> {
            json.writeNumberField("code", error.getKey());
            json.writeNumberField("count", error.getValue());
        });
        json.writeArrayFieldStart("wrong_content");
        for (String wrong : result.wrongContent()) {
            json.writeString(wrong);
        }
        json.writeEndArray();
    }

    private static void writePercentiles(JsonGenerator json, String name, Percentiles of) throws IOException {
        json.writeObjectFieldStart(name);
        json.writeNumberField("count", of.count());
        for (Map.Entry<String, Double> figure : of.figures().entrySet()) {
            writeRounded(json, figure.getKey(), figure.getValue());
        }
        writeHistogram(json, "hdr_histogram_ns", of.nanos());
        json.writeEndObject();
    }

    private static void writeTargets(JsonGenerator json, LoadResult result) throws IOException {
        writeObjects(json, "by_target", result.rows(), row -> {
            json.writeStringField("uri", row.target().remote().toString());
            json.writeNumberField("completed", row.completed());
            json.writeNumberField("failed", row.failed());
            json.writeNumberField("bytes", row.bytes());
            writePercentiles(json, "latency_ms", row.latency());
        });
    }

    private static void writeTimeline(JsonGenerator json, LoadResult result) throws IOException {
        writeObjects(json, "timeline", result.timeline(), sample -> {
            writeRounded(json, "second", sample.second());
            writeRounded(json, "seconds", sample.length());
            json.writeNumberField("bytes", sample.bytes());
            json.writeNumberField("completed", sample.completed());
            json.writeNumberField("failed", sample.failed());
            writeRounded(json, "bytes_per_second", sample.bytesPerSecond());
            writeRounded(json, "transfers_per_second", sample.transfersPerSecond());
            writeRounded(json, "failures_per_second", sample.failuresPerSecond());
            json.writeNumberField("running", sample.running());
            writeRounded(json, "p50_ms", sample.latencyMillis(50));
            writeRounded(json, "p95_ms", sample.latencyMillis(95));
            writeRounded(json, "p99_ms", sample.latencyMillis(99));
            writeHistogram(json, "hdr_histogram_us", sample.latency());
        });
    }

    private static void writeDistribution(JsonGenerator json, String name, Percentiles of) throws IOException {
        writeObjects(json, name, of.buckets(), bucket -> {
            writeRounded(json, "from_ms", bucket.from());
            writeRounded(json, "to_ms", bucket.to());
            json.writeNumberField("count", bucket.count());
        });
    }

    /** Writes a histogram in the format of HdrHistogram, compressed and in base64. */
    private static void writeHistogram(JsonGenerator json, String name, AbstractHistogram times) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(times.getNeededByteBufferCapacity());
        int length = times.encodeIntoCompressedByteBuffer(bytes, Deflater.BEST_COMPRESSION);
        json.writeBinaryField(name, Arrays.copyOf(bytes.array(), length));
    }

    /** Writes a number rounded to thousandths, the accuracy of the figures; null for NaN. */
    private static void writeRounded(JsonGenerator json, String name, double value) throws IOException {
        if (Double.isNaN(value)) {
            json.writeNullField(name);
            return;
        }
        json.writeNumberField(name, Math.round(value * 1000) / 1000.0);
    }
}
