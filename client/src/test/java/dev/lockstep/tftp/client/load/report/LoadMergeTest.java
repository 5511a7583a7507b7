package dev.lockstep.tftp.client.load.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tftp.client.load.FailCondition;
import dev.lockstep.tftp.client.load.FirmwareProfile;
import dev.lockstep.tftp.client.load.LoadPlan;
import dev.lockstep.tftp.client.load.LoadResult;
import dev.lockstep.tftp.client.load.LoadSchedule;
import dev.lockstep.tftp.client.load.Percentiles;
import dev.lockstep.tftp.client.load.Shard;
import dev.lockstep.tftp.client.load.Target;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.internal.impairment.LinkImpairment;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class LoadMergeTest {
    private static final Instant BEGIN = Instant.parse("2026-01-02T03:04:05Z");
    private static final LoadPlan PLAN = plan("f@1", 64, Optional.empty(), new Shard(1, 3));

    private static LoadPlan plan(String file, int concurrency, Optional<FirmwareProfile> profile, Shard shard) {
        return new LoadPlan(
                List.of(Target.parse("tftp://192.0.2.1/" + file, TransferMode.OCTET)),
                new LoadSchedule(concurrency, 0, Duration.ZERO, Duration.ofSeconds(1), Duration.ZERO, 300, shard),
                -1,
                profile,
                Optional.empty(),
                LinkImpairment.NONE);
    }

    /** Returns a report of 100 transfers in 2 seconds after a warm-up of one, of which as many failed as its index says. */
    private static LoadReport report(LoadPlan plan, String version, double late) {
        Shard shard = plan.schedule().shard();
        Histogram histogram = new Histogram(3);
        histogram.recordValueWithCount(shard.index() * 10_000_000L, 100 - shard.index());
        Percentiles times = new Percentiles(histogram);
        LoadResult result = new LoadResult(
                plan,
                2,
                100,
                100 - shard.index(),
                shard.index(),
                1000,
                shard.index(),
                0,
                times,
                times,
                times,
                List.of(Map.entry("timed out", (long) shard.index())),
                new TreeMap<>(Map.of(1, 1L)),
                List.of(),
                List.of(),
                new LoadResult.WarmUp(1, 10, 0, 100),
                0,
                Optional.empty(),
                0,
                List.of(),
                List.of(new LoadResult.Row(plan.targets().get(0), 99, 1, 1000, times)));
        return new LoadReport(
                "",
                result,
                "",
                version,
                BEGIN.plusMillis((long) (late * 1000)),
                "host " + shard.index(),
                List.of(),
                List.of());
    }

    private static LoadReport report(int index, double late) {
        return report(plan("f@1", 64, Optional.empty(), new Shard(index, 3)), "tftp 1.0", late);
    }

    private static LoadReport merge(LoadReport... reports) {
        Map<Path, LoadReport> files = new LinkedHashMap<>();
        for (LoadReport report : reports) {
            files.put(Path.of((char) ('a' + files.size()) + ".json"), report);
        }
        return LoadMerge.of("T", "tftp load merge", files, List.of(FailCondition.parse("failures>2%")));
    }

    @Test
    void all_shards_are_one_result_in_any_order() {
        LoadReport merged = merge(report(3, 0.5), report(1, 0), report(2, 0.25));
        assertThat(LoadTable.of(merged).lines())
                .containsExactly(
                        "title        T",
                        "ok           failures>2%: 2.00 %",
                        "failed       6 × timed out",
                        "shards       3 of 3, begun within 0.50 s",
                        "transfers    294 complete, 6 failed in 2.50 s",
                        "warm-up      30 complete, 0 failed in 1.00 s; excluded, except for its failures",
                        "rate         117.6 transfers/s, 1.2 kB/s",
                        "file bytes   3000, retransmitted 6, duplicate or reordered 0",
                        "ms               min     mean      p50      p90      p95      p99    p99.9      max",
                        "latency         9.99    19.93    20.00    30.02    30.02    30.02    30.02    30.02",
                        "first byte      9.99    19.93    20.00    30.02    30.02    30.02    30.02    30.02",
                        "  complete     failed     p50 ms     p99 ms     max ms  shard",
                        "        99          1      10.00      10.00      10.00  1/3  host 1",
                        "        98          2      20.00      20.00      20.00  2/3  host 2",
                        "        97          3      30.02      30.02      30.02  3/3  host 3");
        assertThat(merged.begin()).isEqualTo(BEGIN);
        assertThat(merged.isSuccessful()).isTrue();
        assertThat(merged.shard()).isEqualTo(Shard.WHOLE);
    }

    @Test
    void a_clock_that_is_centuries_wrong_is_shown() {
        assertThat(LoadTable.of(merge(report(1, 0), report(2, 1e10), report(3, 0))))
                .contains("3 of 3, begun within 10000000000.00 s");
    }

    @Test
    void a_missing_shard_is_named_and_a_failure() {
        LoadReport merged = merge(report(2, 0));
        assertThat(LoadTable.of(merged)).startsWith("title        T\nMISSING      shards 1, 3 of 3\n");
        assertThat(LoadJson.of(merged)).contains("\"missing_shards\" : [ 1, 3 ]");
        assertThat(merged.isSuccessful()).isFalse();
    }

    @Test
    void shards_of_different_load_tests_are_rejected() {
        reject(report(1, 0), "b.json: shard 1/3 (expected: one that is not in a.json)");
        reject(
                report(plan("g@1", 64, Optional.empty(), new Shard(2, 3)), "tftp 1.0", 0),
                "b.json: files [tftp://192.0.2.1/g@1] (expected: [tftp://192.0.2.1/f@1], as in a.json)");
        reject(
                report(plan("f@1", 65, Optional.empty(), new Shard(2, 3)), "tftp 1.0", 0),
                "b.json: concurrency 65 (expected: 64, as in a.json)");
        reject(
                report(plan("f@1", 64, Optional.empty(), new Shard(2, 4)), "tftp 1.0", 0),
                "b.json: shards 4 (expected: 3, as in a.json)");
        reject(
                report(plan("f@1", 64, Optional.of(FirmwareProfile.PXE), new Shard(2, 3)), "tftp 1.0", 0),
                "b.json: profile pxe (expected: none, as in a.json)");
        reject(
                report(plan("f@1", 64, Optional.empty(), new Shard(2, 3)), "tftp 1.1", 0),
                "b.json: version tftp 1.1 (expected: tftp 1.0, as in a.json)");
    }

    private static void reject(LoadReport other, String message) {
        assertThatThrownBy(() -> merge(report(PLAN, "tftp 1.0", 0), other)).hasMessage(message);
    }
}
