package dev.lockstep.tftp.client.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.internal.impairment.LinkImpairment;
import dev.lockstep.tftp.io.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

/** Records the same transfers in one run and in four shards. */
class ShardUnionTest {
    private static final int SHARDS = 4;
    private static final int TRANSFERS = 40_000;
    private static final long NANOS = 1_000_000_000;
    private static final GrantedOptions GRANTED = new GrantedOptions(1428, 64);

    /** The metrics of a run, and its timeline in samples of a tenth of a second. */
    private static final class Recorded {
        final Failures failures = new Failures();
        final LoadMetrics metrics = new LoadMetrics(failures, 2);
        final Timeline timeline = new Timeline(metrics, 0);
        long polled;

        void record(long now, int target, long latency) {
            for (; polled + NANOS / 10 <= now; polled += NANOS / 10) {
                timeline.poll(polled + NANOS / 10);
            }
            metrics.started.increment();
            metrics.bytes.add(latency % 1000);
            metrics.startDelay.recordValue(latency / 7);
            if (latency % 97 == 0) {
                metrics.failed(target, "f", new TftpException(ErrorCode.FILE_NOT_FOUND, "reason " + latency % 2));
            } else {
                metrics.complete(target, latency, latency / 2);
                metrics.granted
                        .computeIfAbsent(GRANTED, first -> new LongAdder())
                        .increment();
            }
        }

        LoadResult result(LoadPlan plan, long end) {
            return LoadResult.of(plan, metrics, failures, timeline.end(end), end, new LoadResult.WarmUp(0, 0, 0, 0), 0);
        }
    }

    private static LoadPlan plan(Shard shard) {
        return new LoadPlan(
                List.of(
                        Target.parse("tftp://127.0.0.1/a", TransferMode.OCTET),
                        Target.parse("tftp://127.0.0.1/b", TransferMode.OCTET)),
                new LoadSchedule(64, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO, TRANSFERS, shard),
                Source.UNKNOWN_SIZE,
                Optional.empty(),
                Optional.empty(),
                LinkImpairment.NONE);
    }

    @Test
    void four_shards_have_the_result_of_one_run_over_the_same_samples() {
        SplittableRandom random = new SplittableRandom(18);
        Recorded whole = new Recorded();
        List<Recorded> shards = new ArrayList<>();
        for (int i = 0; i < SHARDS; i++) {
            shards.add(new Recorded());
        }
        long end = 4 * NANOS;
        for (int n = 0; n < TRANSFERS; n++) {
            long latency = (long) (100_000 * Math.exp(random.nextDouble() * 14)); // 0.1 ms to 2 minutes
            long now = end * n / TRANSFERS;
            whole.record(now, n % 3 % 2, latency);
            shards.get(random.nextInt(SHARDS)).record(now, n % 3 % 2, latency);
        }
        LoadResult expected = whole.result(plan(Shard.WHOLE), end);
        List<ShardUnion.Part> parts = new ArrayList<>();
        for (int i = 0; i < SHARDS; i++) {
            parts.add(new ShardUnion.Part(shards.get(i).result(plan(new Shard(i + 1, SHARDS)), end), 0));
        }

        LoadResult union = ShardUnion.of(plan(Shard.WHOLE), parts);

        assertThat(union.latency().figures()).isEqualTo(expected.latency().figures());
        assertThat(union.firstByte().figures()).isEqualTo(expected.firstByte().figures());
        assertThat(union.startDelay().figures()).isEqualTo(expected.startDelay().figures());
        assertThat(union.latency().buckets()).isEqualTo(expected.latency().buckets());
        for (int target = 0; target < 2; target++) {
            assertThat(union.rows().get(target).latency().figures())
                    .isEqualTo(expected.rows().get(target).latency().figures());
            assertThat(union.rows().get(target).failed())
                    .isEqualTo(expected.rows().get(target).failed());
        }
        assertThat(union)
                .usingRecursiveComparison()
                .comparingOnlyFields(
                        "plan",
                        "seconds",
                        "transfers",
                        "completed",
                        "failed",
                        "bytes",
                        "failures",
                        "granted",
                        "running")
                .isEqualTo(expected);
        assertThat(union.failures()).hasSize(2);
        assertThat(union.granted()).isEqualTo(List.of(Map.entry(GRANTED, union.completed())));
        assertThat(union.timeline()).hasSameSizeAs(expected.timeline());
        for (int i = 0; i < union.timeline().size(); i++) {
            TransferSample sample = union.timeline().get(i);
            TransferSample other = expected.timeline().get(i);
            assertThat(sample.second()).isEqualTo(other.second(), within(1e-6));
            assertThat(sample.completed()).isCloseTo(other.completed(), within(2L));
            assertThat(sample.latencyMillis(99)).isEqualTo(other.latencyMillis(99));
        }
        assertThat(union.timeline().stream().mapToLong(TransferSample::bytes).sum())
                .isEqualTo(expected.bytes());
    }

    @Test
    void the_time_is_that_from_the_first_start_to_the_last_end() {
        List<ShardUnion.Part> parts = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Recorded shard = new Recorded();
            for (int n = 0; n < 100; n++) {
                shard.record(2 * NANOS * n / 100, 0, 1_000_001);
            }
            parts.add(new ShardUnion.Part(shard.result(plan(new Shard(i + 1, 2)), 2 * NANOS), 3.05 * i));
        }

        LoadResult union = ShardUnion.of(plan(Shard.WHOLE), parts);

        assertThat(union.seconds()).isEqualTo(5.05);
        assertThat(union.transfersPerSecond()).isEqualTo(200 / 5.05);
        assertThat(union.timeline().stream()
                        .mapToLong(TransferSample::completed)
                        .sum())
                .isEqualTo(200);
        assertThat(union.timeline().get(union.timeline().size() / 2))
                .as("between the two shards")
                .satisfies(sample -> {
                    assertThat(sample.completed()).isZero();
                    assertThat(sample.running()).isZero();
                    assertThat(sample.latencyMillis(50)).isNaN();
                });
    }
}
