package dev.lockstep.tftp.client.load.report;

import dev.lockstep.tftp.client.load.FailCondition;
import dev.lockstep.tftp.client.load.FirmwareProfile;
import dev.lockstep.tftp.client.load.LoadPlan;
import dev.lockstep.tftp.client.load.LoadSchedule;
import dev.lockstep.tftp.client.load.ShardUnion;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Merges the reports of the shards of a load test to one. */
public final class LoadMerge {
    private static final double NANOS = 1e9;

    private LoadMerge() {}

    /**
     * Returns the report of the whole load test.
     *
     * @param title the title of the report, or an empty text
     * @param command the command that merges
     * @param files the reports by their files, at least one
     * @param conditions the conditions under which the load test fails
     * @return the report
     * @throws IllegalArgumentException if they are not shards of one load test, or two are the same shard; the message
     *     contains the file, its value and what was expected
     */
    public static LoadReport of(
            String title, String command, Map<Path, LoadReport> files, List<FailCondition> conditions) {
        Path first = files.keySet().iterator().next();
        Map<String, Object> expected = facts(files.get(first));
        Map<Integer, Path> fileOfShard = new LinkedHashMap<>();
        files.forEach((file, report) -> {
            facts(report).forEach((name, value) -> {
                if (!value.equals(expected.get(name))) {
                    throw new IllegalArgumentException(file + ": " + name + " " + value + " (expected: "
                            + expected.get(name) + ", as in " + first + ")");
                }
            });
            Path other = fileOfShard.putIfAbsent(report.shard().index(), file);
            if (other != null) {
                throw new IllegalArgumentException(
                        file + ": shard " + report.shard() + " (expected: one that is not in " + other + ")");
            }
        });
        List<LoadReport> shards = new ArrayList<>(files.values());
        shards.sort(Comparator.comparing(report -> report.shard().index()));
        Instant begin = shards.stream()
                .map(LoadMerge::measuredFrom)
                .min(Comparator.naturalOrder())
                .orElseThrow();
        LoadPlan plan = shards.get(0).result().plan().whole();
        return new LoadReport(
                title,
                ShardUnion.of(
                        plan,
                        shards.stream()
                                .map(shard -> new ShardUnion.Part(
                                        shard.result(),
                                        LoadReport.seconds(Duration.between(begin, measuredFrom(shard)))))
                                .toList()),
                command,
                shards.get(0).version(),
                shards.stream()
                        .map(LoadReport::begin)
                        .min(Comparator.naturalOrder())
                        .orElseThrow(),
                shards.stream().map(LoadReport::machine).distinct().collect(Collectors.joining("; ")),
                conditions,
                shards);
    }

    private static Instant measuredFrom(LoadReport report) {
        return report.begin().plusNanos((long) (report.result().warmUp().seconds() * NANOS));
    }

    /** Returns what all shards of a load test have in common. */
    private static Map<String, Object> facts(LoadReport report) {
        LoadPlan plan = report.result().plan();
        LoadSchedule schedule = plan.schedule();
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("version", report.version());
        facts.put("shards", schedule.shard().count());
        facts.put(
                "files",
                plan.targets().stream()
                        .map(target -> target.remote() + "@" + target.weight())
                        .toList());
        facts.put("size of uploads", plan.putSize());
        facts.put("transfers", schedule.transfers());
        facts.put("concurrency", schedule.concurrency());
        facts.put("rate", schedule.rate());
        facts.put("ramp", schedule.ramp());
        facts.put("warm-up", schedule.warmUp());
        facts.put("duration", schedule.duration());
        facts.put("profile", plan.profile().map(FirmwareProfile::toString).orElse("none"));
        facts.put("network impairment", plan.impairment());
        return facts;
    }
}
