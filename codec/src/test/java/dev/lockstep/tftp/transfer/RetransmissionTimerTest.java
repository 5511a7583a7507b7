package dev.lockstep.tftp.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class RetransmissionTimerTest {
    private static final long MS = 1_000_000;
    /** Draws 0: no jitter. */
    private static final RandomGenerator STEADY = () -> 0;

    private final RetransmissionTimer timer = new RetransmissionTimer(Duration.ZERO, STEADY);

    @Test
    void case28_an_agreed_timeout_is_kept_to_the_letter() {
        RetransmissionTimer agreed = new RetransmissionTimer(Duration.ofSeconds(3), new SplittableRandom(1));
        agreed.backOff();
        agreed.backOff();
        agreed.sent(1, 0);
        agreed.answered(1, 5 * MS);
        agreed.measured(77 * MS);
        assertThat(agreed.timeout()).isEqualTo(3000 * MS);
    }

    @Test
    void before_the_first_round_trip_the_wait_is_a_second() {
        assertThat(timer.timeout()).isEqualTo(1000 * MS);
    }

    @Test
    void the_first_round_trip_gives_three_times_itself() {
        timer.measured(100 * MS); // RFC 6298, 2.2: R + 4 * R/2
        assertThat(timer.timeout()).isEqualTo(300 * MS);
    }

    @Test
    void later_round_trips_are_smoothed() {
        timer.measured(100 * MS);
        timer.measured(120 * MS);
        // RFC 6298, 2.3: variation 3/4 * 50 + 1/4 * |100 - 120|, then mean 7/8 * 100 + 1/8 * 120
        assertThat(timer.timeout()).isCloseTo((long) ((102.5 + 4 * 42.5) * MS), within(10L));
    }

    @Test
    void a_reply_that_the_peer_had_to_repeat_makes_no_wait_long() {
        timer.measured(1000 * MS); // the first answer got lost, and came again after the peer's wait
        assertThat(timer.timeout()).isEqualTo(3000 * MS);
        timer.measured(10 * MS);
        assertThat(timer.timeout()).isEqualTo(30 * MS);
    }

    @Test
    void when_replies_take_longer_for_good_the_wait_follows() {
        for (int i = 0; i < 100; i++) {
            timer.measured(10 * MS);
        }
        assertThat(timer.timeout()).isEqualTo(RetransmissionTimer.FLOOR);
        for (int i = 0; i < 8; i++) {
            timer.measured(500 * MS);
        }
        assertThat(timer.timeout()).isGreaterThan(500 * MS);
    }

    @Test
    void steady_round_trips_bring_the_wait_down_to_themselves() {
        for (int i = 0; i < 200; i++) {
            timer.measured(100 * MS);
        }
        assertThat(timer.timeout()).isBetween(100 * MS, 102 * MS);
    }

    @Test
    void the_wait_is_never_shorter_than_the_floor() {
        timer.measured(1000);
        assertThat(timer.timeout()).isEqualTo(RetransmissionTimer.FLOOR);
    }

    @Test
    void a_round_trip_longer_than_the_end_of_doubling_is_waited_for_but_not_doubled() {
        timer.measured(2000 * MS);
        assertThat(timer.timeout()).isEqualTo(6000 * MS);
        timer.backOff();
        assertThat(timer.timeout()).isEqualTo(6000 * MS);
    }

    @Test
    void no_round_trip_is_taken_to_be_longer_than_a_minute() {
        timer.measured(3_600_000 * MS);
        assertThat(timer.timeout()).isEqualTo(60_000 * MS);
    }

    @Test
    void case49_each_wait_in_vain_doubles_the_next_up_to_an_end() {
        timer.measured(100 * MS);
        long[] expected = {600, 1200, 2400, 3000, 3000};
        for (long millis : expected) {
            timer.backOff();
            assertThat(timer.timeout()).isEqualTo(millis * MS);
        }
        for (int i = 0; i < 1000; i++) {
            timer.backOff();
        }
        assertThat(timer.timeout()).isEqualTo(RetransmissionTimer.CEILING);
        timer.progress();
        assertThat(timer.timeout()).isEqualTo(300 * MS);
    }

    @Test
    void waits_are_stretched_at_random_by_a_quarter_at_most() {
        RetransmissionTimer random = new RetransmissionTimer(Duration.ZERO, new SplittableRandom(7));
        long shortest = Long.MAX_VALUE;
        long longest = 0;
        for (int i = 0; i < 1000; i++) {
            long wait = random.timeout();
            shortest = Math.min(shortest, wait);
            longest = Math.max(longest, wait);
        }
        assertThat(shortest).isBetween(1000 * MS, 1010 * MS);
        assertThat(longest).isBetween(1240 * MS, 1250 * MS);
    }

    @Test
    void the_round_trip_is_from_a_block_to_its_answer() {
        timer.sent(5, 1000 * MS);
        timer.sent(6, 1050 * MS); // one measure at a time
        timer.answered(4, 1090 * MS); // of an older block
        timer.answered(6, 1100 * MS); // covers block 5
        assertThat(timer.timeout()).isEqualTo(300 * MS);
    }

    @Test
    void an_answer_to_something_that_was_sent_twice_measures_nothing() {
        timer.sent(5, 0);
        timer.resent(); // Karn's rule: it could answer either copy
        timer.answered(5, 100 * MS);
        assertThat(timer.timeout()).isEqualTo(1000 * MS);
        timer.sent(6, 200 * MS);
        timer.answered(6, 300 * MS);
        assertThat(timer.timeout()).isEqualTo(300 * MS);
    }

    @Test
    void an_answer_without_a_measure_means_nothing() {
        timer.answered(1, 100 * MS);
        timer.sent(2, 200 * MS);
        timer.answered(2, 300 * MS);
        timer.answered(2, 9000 * MS);
        assertThat(timer.timeout()).isEqualTo(300 * MS);
    }

    @Test
    void a_clock_that_is_negative_or_wraps_measures_as_well() {
        timer.sent(1, Long.MAX_VALUE - 50 * MS);
        timer.answered(1, Long.MIN_VALUE + 50 * MS);
        assertThat(timer.timeout()).isCloseTo(300 * MS, within(10L));
    }

    @Test
    void the_pause_within_a_window_is_a_fraction_of_a_round_trip() {
        assertThat(timer.pause()).isEqualTo(1 * MS);
        timer.measured(80 * MS);
        assertThat(timer.pause()).isEqualTo(10 * MS);
        timer.measured(3_600_000 * MS);
        assertThat(timer.pause()).isEqualTo(125 * MS);
    }
}
