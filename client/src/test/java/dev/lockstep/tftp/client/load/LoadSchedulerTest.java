package dev.lockstep.tftp.client.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoadSchedulerTest {
    private static final Duration NONE = Duration.ZERO;
    private final ManualClock clock = new ManualClock();

    /** A clock that advances only in {@link #sleepUntil} and {@link #passMillis}. */
    private static final class ManualClock implements LoadScheduler.Clock {
        private long now = TimeUnit.HOURS.toNanos(1);
        private Runnable onSleep = () -> {};

        @Override
        public long nanoTime() {
            return now;
        }

        @Override
        public void sleepUntil(long moment) {
            if (moment > now) {
                onSleep.run();
            }
            now = Math.max(now, moment);
        }

        void passMillis(long millis) {
            now += TimeUnit.MILLISECONDS.toNanos(millis);
        }
    }

    @Test
    void an_open_loop_keeps_its_schedule_while_the_server_stalls() throws InterruptedException {
        List<Long> intended = new ArrayList<>();
        long begin = clock.nanoTime();
        LoadScheduler scheduler =
                new LoadScheduler(new LoadSchedule(1, 100, NONE, NONE, NONE, 4), clock, (number, due, ended) -> {
                    intended.add((due - begin) / 1_000_000);
                    clock.passMillis(500); // the server stalls, and with a concurrency of 1 all other transfers wait
                    ended.run();
                });

        scheduler.run();

        assertThat(intended).as("each 10 ms, independent of the stall").containsExactly(0L, 10L, 20L, 30L);
        assertThat(clock.nanoTime() - begin).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(2000));
    }

    @Test
    void a_closed_loop_starts_the_next_transfer_when_the_previous_one_ends() throws InterruptedException {
        List<Long> intended = new ArrayList<>();
        long begin = clock.nanoTime();
        LoadScheduler scheduler =
                new LoadScheduler(new LoadSchedule(1, 0, NONE, NONE, NONE, 3), clock, (number, due, ended) -> {
                    intended.add((due - begin) / 1_000_000);
                    clock.passMillis(500);
                    ended.run();
                });

        scheduler.run();

        assertThat(intended).containsExactly(0L, 500L, 1000L);
    }

    @Test
    void a_closed_loop_never_runs_more_transfers_than_clients() throws InterruptedException {
        Queue<LoadScheduler.Ended> running = new ArrayDeque<>();
        List<Integer> concurrent = new ArrayList<>();
        List<Long> numbers = new ArrayList<>();
        LoadScheduler scheduler =
                new LoadScheduler(new LoadSchedule(3, 0, NONE, NONE, NONE, 10), clock, (number, due, ended) -> {
                    numbers.add(number);
                    running.add(ended);
                    concurrent.add(running.size());
                    boolean allClientsAreBusy = running.size() == 3;
                    boolean nothingIsLeft = number == 9;
                    while (allClientsAreBusy && !running.isEmpty() && (nothingIsLeft || running.size() == 3)) {
                        running.remove().run();
                    }
                });

        scheduler.run();

        assertThat(numbers).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
        assertThat(concurrent).allMatch(count -> count <= 3);
    }

    @Test
    void a_closed_loop_counts_transfers_after_the_warm_up_and_numbers_all() throws InterruptedException {
        assertThat(started(new LoadSchedule(1, 0, NONE, Duration.ofSeconds(1), NONE, 3), 400))
                .containsExactly("0 warm-up", "1 warm-up", "2 warm-up", "3", "4", "5");
    }

    @Test
    void an_open_loop_counts_transfers_scheduled_after_the_warm_up() throws InterruptedException {
        assertThat(started(new LoadSchedule(1, 2, NONE, Duration.ofSeconds(1), NONE, 2), 10_000))
                .containsExactly("0 warm-up", "1 warm-up", "2", "3");
    }

    private List<String> started(LoadSchedule schedule, long millisEach) throws InterruptedException {
        List<String> all = new ArrayList<>();
        LoadScheduler[] scheduler = new LoadScheduler[1];
        scheduler[0] = new LoadScheduler(schedule, clock, (number, due, ended) -> {
            all.add(number + (scheduler[0].isWarmUp(due) ? " warm-up" : ""));
            clock.passMillis(millisEach);
            ended.run();
        });
        scheduler[0].run();
        return all;
    }

    @Test
    void a_stop_starts_no_more_transfers_and_waits_for_none() throws InterruptedException {
        List<Long> numbers = new ArrayList<>();
        LoadScheduler[] scheduler = new LoadScheduler[1];
        scheduler[0] =
                new LoadScheduler(new LoadSchedule(5, 10, NONE, NONE, NONE, 1000), clock, (number, due, ended) -> {
                    numbers.add(number);
                    if (number == 2) {
                        scheduler[0].stop(); // none of the transfers ends
                    }
                });

        scheduler[0].run();

        assertThat(numbers).containsExactly(0L, 1L, 2L);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_stop_ends_a_long_wait_for_the_next_start(boolean open) throws InterruptedException {
        List<Long> numbers = new ArrayList<>();
        long begin = clock.nanoTime();
        Duration hour = Duration.ofHours(1);
        LoadSchedule schedule = open
                ? new LoadSchedule(2, 1 / 3600.0, NONE, NONE, NONE, 2)
                : new LoadSchedule(2, 0, hour, NONE, NONE, 2);
        LoadScheduler scheduler = new LoadScheduler(schedule, clock, (number, due, ended) -> numbers.add(number));
        clock.onSleep = scheduler::stop;

        scheduler.run();

        assertThat(clock.nanoTime() - begin).isLessThan(TimeUnit.SECONDS.toNanos(1));
        assertThat(numbers).containsExactly(0L);
    }

    @Test
    void a_client_without_a_socket_ends_and_leaves_its_transfers_to_the_others() throws InterruptedException {
        List<Long> completed = new ArrayList<>();
        LoadScheduler scheduler =
                new LoadScheduler(new LoadSchedule(3, 0, NONE, NONE, NONE, 8), clock, (number, due, ended) -> {
                    if (number < 2) {
                        ended.notStarted();
                    } else {
                        completed.add(number);
                        ended.run();
                    }
                });

        scheduler.run();

        assertThat(completed).containsExactly(2L, 3L, 4L, 5L, 6L, 7L);
    }

    @Test
    void transfers_that_are_due_and_not_started_at_a_stop_are_counted() throws InterruptedException {
        LoadScheduler[] scheduler = new LoadScheduler[1];
        scheduler[0] =
                new LoadScheduler(new LoadSchedule(1, 100, NONE, NONE, NONE, 1000), clock, (number, due, ended) -> {
                    clock.passMillis(500);
                    scheduler[0].stop(); // the first transfer does not end, and the second one waits for it
                });

        scheduler[0].run();

        assertThat(scheduler[0].missed()).as("each 10 ms until 500 ms").isEqualTo(50);
    }

    @Test
    void no_more_transfers_are_missed_than_the_schedule_has() throws InterruptedException {
        LoadScheduler[] scheduler = new LoadScheduler[1];
        scheduler[0] = new LoadScheduler(new LoadSchedule(1, 100, NONE, NONE, NONE, 5), clock, (number, due, ended) -> {
            clock.passMillis(500);
            scheduler[0].stop();
        });

        scheduler[0].run();

        assertThat(scheduler[0].missed()).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 100})
    void four_shards_run_the_transfers_of_one_load_test_each_once(double rate) throws InterruptedException {
        List<Long> numbers = new ArrayList<>();
        for (int index = 1; index <= 4; index++) {
            long begin = clock.nanoTime();
            Shard shard = new Shard(index, 4);
            LoadSchedule schedule = new LoadSchedule(6, rate, NONE, Duration.ofMillis(15), NONE, 10, shard);
            LoadScheduler[] scheduler = new LoadScheduler[1];
            scheduler[0] = new LoadScheduler(schedule, clock, (number, due, ended) -> {
                if (!scheduler[0].isWarmUp(due)) {
                    numbers.add(number);
                }
                if (rate > 0) {
                    assertThat(due - begin).as("as in one load test").isEqualTo(number * 10_000_000);
                }
                clock.passMillis(20);
                ended.run();
            });
            scheduler[0].run();
        }
        assertThat(numbers).doesNotHaveDuplicates().hasSize(10);
        if (rate > 0) {
            assertThat(numbers)
                    .as("two in the warm-up")
                    .containsExactlyInAnyOrder(2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L);
        }
    }

    @Test
    void a_shard_has_its_share_of_the_clients_and_of_the_ramp() throws InterruptedException {
        List<Long> starts = new ArrayList<>();
        long begin = clock.nanoTime();
        LoadSchedule schedule =
                new LoadSchedule(6, 0, Duration.ofSeconds(6), NONE, NONE, 100, new Shard(2, 4)); // clients 1 and 5
        LoadScheduler[] scheduler = new LoadScheduler[1];
        scheduler[0] = new LoadScheduler(schedule, clock, (number, due, ended) -> {
            starts.add((due - begin) / 1_000_000);
            if (starts.size() == 2) {
                scheduler[0].stop();
            }
        });

        scheduler[0].run();

        assertThat(starts).containsExactly(1000L, 5000L);
    }

    @Test
    void a_load_test_begins_when_the_system_clock_says_so() throws InterruptedException {
        LoadScheduler scheduler = new LoadScheduler(
                new LoadSchedule(1, 0, NONE, NONE, NONE, 1), clock, (number, due, ended) -> ended.run());
        long begin = clock.nanoTime();
        Instant start = Instant.ofEpochSecond(1000);

        scheduler.awaitStart(start, () -> start.minusSeconds(3).plusNanos(clock.nanoTime() - begin));
        assertThat(clock.nanoTime() - begin).isEqualTo(TimeUnit.SECONDS.toNanos(3));

        clock.onSleep = scheduler::stop;
        scheduler.awaitStart(start.plusSeconds(1000), () -> start);
        assertThat(clock.nanoTime() - begin).isLessThan(TimeUnit.SECONDS.toNanos(4));
    }
}
