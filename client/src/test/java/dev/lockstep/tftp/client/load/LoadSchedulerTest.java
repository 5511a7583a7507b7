package dev.lockstep.tftp.client.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LoadSchedulerTest {
    private static final Duration NONE = Duration.ZERO;
    private final HandClock clock = new HandClock();

    /** Moves only when somebody sleeps or says so. */
    private static final class HandClock implements LoadScheduler.Clock {
        private long now = TimeUnit.HOURS.toNanos(1);

        @Override
        public long nanoTime() {
            return now;
        }

        @Override
        public void sleepUntil(long moment) {
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
        LoadScheduler pacer =
                new LoadScheduler(new LoadSchedule(1, 100, NONE, NONE, 4), clock, (number, meant, ended) -> {
                    intended.add((meant - begin) / 1_000_000);
                    clock.passMillis(500); // the server stalls, and with one at a time all others wait
                    ended.run();
                });

        pacer.run();

        assertThat(intended).as("every 10 ms, as if nothing had happened").containsExactly(0L, 10L, 20L, 30L);
        assertThat(clock.nanoTime() - begin).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(2000));
    }

    @Test
    void a_closed_loop_starts_the_next_transfer_when_the_previous_one_ends() throws InterruptedException {
        List<Long> intended = new ArrayList<>();
        long begin = clock.nanoTime();
        LoadScheduler pacer =
                new LoadScheduler(new LoadSchedule(1, 0, NONE, NONE, 3), clock, (number, meant, ended) -> {
                    intended.add((meant - begin) / 1_000_000);
                    clock.passMillis(500);
                    ended.run();
                });

        pacer.run();

        assertThat(intended).containsExactly(0L, 500L, 1000L);
    }

    @Test
    void a_closed_loop_never_runs_more_transfers_than_clients() throws InterruptedException {
        Queue<Runnable> underway = new ArrayDeque<>();
        List<Integer> crowds = new ArrayList<>();
        List<Long> numbers = new ArrayList<>();
        LoadScheduler pacer =
                new LoadScheduler(new LoadSchedule(3, 0, NONE, NONE, 10), clock, (number, meant, ended) -> {
                    numbers.add(number);
                    underway.add(ended);
                    crowds.add(underway.size());
                    boolean allClientsAreBusy = underway.size() == 3;
                    boolean nothingIsLeft = number == 9;
                    while (allClientsAreBusy && !underway.isEmpty() && (nothingIsLeft || underway.size() == 3)) {
                        underway.remove().run();
                    }
                });

        pacer.run();

        assertThat(numbers).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
        assertThat(crowds).allMatch(crowd -> crowd <= 3);
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
        LoadScheduler[] pacer = new LoadScheduler[1];
        pacer[0] = new LoadScheduler(schedule, clock, (number, meant, ended) -> {
            all.add(number + (pacer[0].isWarmUp(meant) ? " warm-up" : ""));
            clock.passMillis(millisEach);
            ended.run();
        });
        pacer[0].run();
        return all;
    }

    @Test
    void a_stop_starts_no_more_transfers_and_waits_for_none() throws InterruptedException {
        List<Long> numbers = new ArrayList<>();
        LoadScheduler[] pacer = new LoadScheduler[1];
        pacer[0] = new LoadScheduler(new LoadSchedule(5, 10, NONE, NONE, 1000), clock, (number, meant, ended) -> {
            numbers.add(number);
            if (number == 2) {
                pacer[0].stop(); // and none of them ever ends
            }
        });

        pacer[0].run();

        assertThat(numbers).containsExactly(0L, 1L, 2L);
    }
}
