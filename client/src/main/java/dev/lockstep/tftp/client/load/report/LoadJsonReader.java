package dev.lockstep.tftp.client.load.report;

import dev.lockstep.tftp.client.load.FailCondition;
import dev.lockstep.tftp.client.load.FirmwareProfile;
import dev.lockstep.tftp.client.load.GrantedOptions;
import dev.lockstep.tftp.client.load.LoadPlan;
import dev.lockstep.tftp.client.load.LoadResult;
import dev.lockstep.tftp.client.load.LoadSchedule;
import dev.lockstep.tftp.client.load.Percentiles;
import dev.lockstep.tftp.client.load.Shard;
import dev.lockstep.tftp.client.load.Target;
import dev.lockstep.tftp.client.load.TransferSample;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.internal.impairment.LinkImpairment;
import dev.lockstep.tftp.io.Source;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.IntCountsHistogram;

/** Reads what {@link LoadJson} has written. */
public final class LoadJsonReader {
    private static final double NANOS = 1e9;

    private LoadJsonReader() {}

    /**
     * Reads a report. Lines before the object are skipped: a log may have messages there.
     *
     * @param text the JSON text
     * @return the report
     * @throws IllegalArgumentException if this is not the result of a load test, or that of another version
     */
    public static LoadReport read(String text) {
        try {
            int begin = text.startsWith("{") ? 0 : text.indexOf("\n{") + 1;
            return report(JsonFields.parse(text.substring(begin)));
        } catch (IOException e) {
            throw new IllegalArgumentException("no JSON object", e);
        } catch (DataFormatException
                | DateTimeException
                | IndexOutOfBoundsException
                | NegativeArraySizeException
                | BufferUnderflowException e) {
            throw new IllegalArgumentException("wrong value", e);
        }
    }

    private static LoadReport report(JsonFields json) throws DataFormatException {
        List<FailCondition> conditions = json.objects("fail_if").stream()
                .map(each -> FailCondition.parse(each.text("condition")))
                .toList();
        return new LoadReport(
                json.text("title"),
                result(json, plan(json)),
                json.text("command"),
                json.text("version"),
                Instant.parse(json.text("begin")),
                json.text("machine"),
                conditions,
                List.of());
    }

    private static LoadPlan plan(JsonFields json) {
        List<Target> targets = json.objects("targets").stream()
                .map(each -> Target.parse(each.text("uri") + "@" + each.number("weight"), TransferMode.OCTET))
                .toList();
        JsonFields faults = json.object("faults");
        return new LoadPlan(
                targets,
                schedule(json),
                json.optionalNumber("put_size").orElse(Source.UNKNOWN_SIZE),
                json.optionalText("profile").map(FirmwareProfile::named),
                Optional.empty(),
                new LinkImpairment(
                        faults.decimal("loss"),
                        faults.decimal("duplicate"),
                        faults.decimal("reorder"),
                        faults.decimal("delay_ms"),
                        faults.decimal("jitter_ms"),
                        faults.number("seed")));
    }

    private static LoadSchedule schedule(JsonFields json) {
        JsonFields shard = json.object("shard");
        JsonFields planned = json.object("planned");
        return new LoadSchedule(
                (int) json.number("concurrency"),
                json.decimal("rate_per_second"),
                duration(json.decimal("ramp_seconds")),
                duration(planned.decimal("warm_up_seconds")),
                duration(planned.decimal("duration_seconds")),
                planned.optionalNumber("transfers").orElse(Long.MAX_VALUE),
                new Shard((int) shard.number("index"), (int) shard.number("count")));
    }

    private static Duration duration(double seconds) {
        return Duration.ofNanos(Math.round(seconds * NANOS));
    }

    private static LoadResult result(JsonFields json, LoadPlan plan) throws DataFormatException {
        JsonFields warmUp = json.object("warm_up");
        TreeMap<Integer, Long> serverErrors = new TreeMap<>();
        json.objects("server_errors")
                .forEach(each -> serverErrors.put((int) each.number("code"), each.number("count")));
        List<LoadResult.Row> rows = new ArrayList<>();
        for (JsonFields row : json.objects("by_target")) {
            rows.add(new LoadResult.Row(
                    plan.targets().get(rows.size()),
                    row.number("completed"),
                    row.number("failed"),
                    row.number("bytes"),
                    percentiles(row, "latency_ms")));
        }
        if (rows.size() < plan.targets().size()) {
            throw new IllegalArgumentException("no by_target");
        }
        return new LoadResult(
                plan,
                json.decimal("seconds"),
                json.number("transfers"),
                json.number("completed"),
                json.number("failed"),
                json.number("bytes"),
                json.number("resends"),
                json.number("duplicates"),
                percentiles(json, "latency_ms"),
                percentiles(json, "first_byte_ms"),
                percentiles(json, "start_delay_ms"),
                json.objects("failures").stream()
                        .map(each -> Map.entry(each.text("reason"), each.number("count")))
                        .toList(),
                serverErrors,
                json.list("wrong_content", String.class),
                timeline(json),
                new LoadResult.WarmUp(
                        warmUp.decimal("seconds"),
                        warmUp.number("completed"),
                        warmUp.number("failed"),
                        warmUp.number("bytes")),
                json.number("not_started"),
                json.optionalText("not_started_reason"),
                json.number("running"),
                json.objects("granted").stream()
                        .map(each -> Map.entry(
                                new GrantedOptions((int) each.number("blksize"), (int) each.number("windowsize")),
                                each.number("transfers")))
                        .toList(),
                rows);
    }

    private static List<TransferSample> timeline(JsonFields json) throws DataFormatException {
        List<TransferSample> samples = new ArrayList<>();
        for (JsonFields sample : json.objects("timeline")) {
            samples.add(new TransferSample(
                    sample.decimal("second"),
                    sample.decimal("seconds"),
                    sample.number("bytes"),
                    sample.number("completed"),
                    sample.number("failed"),
                    sample.number("running"),
                    IntCountsHistogram.decodeFromCompressedByteBuffer(bytes(sample, "hdr_histogram_us"), 0)));
        }
        return samples;
    }

    private static Percentiles percentiles(JsonFields json, String name) throws DataFormatException {
        return new Percentiles(
                Histogram.decodeFromCompressedByteBuffer(bytes(json.object(name), "hdr_histogram_ns"), 0));
    }

    private static ByteBuffer bytes(JsonFields json, String name) {
        return ByteBuffer.wrap(Base64.getDecoder().decode(json.text(name)));
    }
}
