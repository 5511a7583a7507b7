package dev.lockstep.tftp.client.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LoadScheduleTest {
    private static final Duration NONE = Duration.ZERO;

    @Test
    void a_rate_spaces_starts_evenly() {
        LoadSchedule schedule = new LoadSchedule(10, 200, NONE, NONE, NONE, 100);
        assertThat(millis(schedule.dueAfter(0))).isZero();
        assertThat(millis(schedule.dueAfter(1))).isEqualTo(5);
        assertThat(millis(schedule.dueAfter(100))).isEqualTo(500);
    }

    @Test
    void a_ramp_begins_slowly_and_ends_at_the_full_rate() {
        LoadSchedule schedule = new LoadSchedule(10, 100, Duration.ofSeconds(2), NONE, NONE, 1000);
        assertThat(millis(schedule.dueAfter(25)))
                .as("a quarter of the 100 of the ramp: half of its time")
                .isEqualTo(1000);
        assertThat(millis(schedule.dueAfter(100))).as("the ramp is over").isEqualTo(2000);
        assertThat(millis(schedule.dueAfter(200)))
                .as("100 more at 100 a second")
                .isEqualTo(3000);
    }

    @Test
    void a_closed_loop_ramps_its_clients() {
        LoadSchedule schedule = new LoadSchedule(4, 0, Duration.ofSeconds(2), NONE, NONE, 1000);
        assertThat(millis(schedule.dueAfter(0))).isZero();
        assertThat(millis(schedule.dueAfter(3))).isEqualTo(1500);
    }

    @Test
    void nothing_starts_after_the_duration() {
        LoadSchedule schedule = new LoadSchedule(1, 0, NONE, NONE, Duration.ofSeconds(1), Long.MAX_VALUE);
        assertThat(schedule.isOver(TimeUnit.MILLISECONDS.toNanos(999))).isFalse();
        assertThat(schedule.isOver(TimeUnit.SECONDS.toNanos(1))).isTrue();
    }

    @Test
    void a_warm_up_comes_before_the_duration() {
        LoadSchedule schedule =
                new LoadSchedule(1, 0, NONE, Duration.ofSeconds(2), Duration.ofSeconds(1), Long.MAX_VALUE);
        assertThat(schedule.isWarmUp(TimeUnit.MILLISECONDS.toNanos(1999))).isTrue();
        assertThat(schedule.isWarmUp(TimeUnit.SECONDS.toNanos(2))).isFalse();
        assertThat(schedule.isOver(TimeUnit.MILLISECONDS.toNanos(2999))).isFalse();
        assertThat(schedule.isOver(TimeUnit.SECONDS.toNanos(3))).isTrue();
    }

    @Test
    void invalid_values_are_rejected_with_what_was_expected() {
        assertThatThrownBy(() -> new LoadSchedule(0, 0, NONE, NONE, NONE, 1))
                .hasMessage("concurrency: 0 (expected: >= 1)");
        assertThatThrownBy(() -> new LoadSchedule(1, 0, NONE, NONE, NONE, 0))
                .hasMessage("transfers: 0 (expected: >= 1)");
        assertThatThrownBy(() -> new LoadSchedule(1, 0, NONE, NONE, NONE, Long.MAX_VALUE))
                .hasMessageContaining("neither transfers nor duration");
    }

    private static long millis(long nanos) {
        return Math.round(nanos / 1e6);
    }

    @Test
    void each_shard_needs_a_client_and_a_transfer() {
        Shard shard = new Shard(1, 4);
        assertThatThrownBy(() -> new LoadSchedule(3, 0, NONE, NONE, NONE, 4, shard))
                .hasMessage("concurrency: 3 (expected: >= 4, the number of shards)");
        assertThatThrownBy(() -> new LoadSchedule(4, 0, NONE, NONE, NONE, 3, shard))
                .hasMessage("transfers: 3 (expected: >= 4, the number of shards)");
    }
}
