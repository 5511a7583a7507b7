package dev.lockstep.tftp.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class RetransmissionTimerTest {
    private static final long MS = 1_000_000;
    /** A generator that always returns 0: no jitter. */
    private static final RandomGenerator STEADY = () -> 0;

    private final RetransmissionTimer timer = new RetransmissionTimer(Duration.ZERO, STEADY);

    @Test
    @Tag("case-28")
    void case28_a_negotiated_timeout_is_applied_exactly() {
        RetransmissionTimer agreed = new RetransmissionTimer(Duration.ofSeconds(3), new SplittableRandom(1));
        agreed.backOff();
        agreed.backOff();
        agreed.sent(1, 0);
        agreed.answered(1, 5 * MS);
        agreed.measured(77 * MS);
        assertThat(agreed.timeout()).isEqualTo(3000 * MS);
    }

    @Test
    void before_the_first_round_trip_the_timeout_is_one_second() {
        assertThat(timer.timeout()).isEqualTo(1000 * MS);
    }

    @Test
    void after_the_first_round_trip_the_timeout_is_three_times_the_rtt() {
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
    void a_retransmission_of_the_peer_does_not_keep_the_timeout_long() {
        timer.measured(1000 * MS); // the first reply was lost, and the peer retransmitted it after its timeout
        assertThat(timer.timeout()).isEqualTo(3000 * MS);
        timer.measured(10 * MS);
        assertThat(timer.timeout()).isEqualTo(30 * MS); // three times the smaller of both
    }

    @Test
    void the_timeout_follows_a_lasting_increase_of_the_rtt() {
        for (int i = 0; i < 100; i++) {
            timer.measured(10 * MS);
        }
        assertThat(timer.timeout()).isEqualTo(RttEstimator.FLOOR);
        for (int i = 0; i < 8; i++) {
            timer.measured(500 * MS);
        }
        assertThat(timer.timeout()).isGreaterThan(500 * MS);
    }

    @Test
    void with_a_constant_rtt_the_timeout_falls_to_one_and_a_half_times_the_rtt() {
        for (int i = 0; i < 200; i++) {
            timer.measured(100 * MS);
        }
        assertThat(timer.timeout()).isEqualTo(150 * MS);
    }

    @Test
    void the_timeout_is_never_shorter_than_the_floor() {
        timer.measured(1000);
        assertThat(timer.timeout()).isEqualTo(RttEstimator.FLOOR);
    }

    @Test
    void a_timeout_above_the_ceiling_is_not_doubled() {
        timer.measured(2000 * MS);
        assertThat(timer.timeout()).isEqualTo(6000 * MS);
        timer.backOff();
        assertThat(timer.timeout()).isEqualTo(6000 * MS);
    }

    @Test
    void the_timeout_is_at_most_a_minute() {
        timer.measured(3_600_000 * MS);
        assertThat(timer.timeout()).isEqualTo(60_000 * MS);
    }

    @Test
    @Tag("case-49")
    void case49_each_timeout_doubles_the_next_up_to_the_ceiling() {
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
        timer.measured(100 * MS);
        assertThat(timer.timeout()).isLessThan(300 * MS);
    }

    @Test
    void jitter_extends_a_timeout_by_a_quarter_at_most() {
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
    void the_rtt_is_measured_from_a_block_to_its_ack() {
        timer.sent(5, 1000 * MS);
        timer.sent(6, 1050 * MS); // one measurement at a time
        timer.answered(4, 1090 * MS); // of an older block
        timer.answered(6, 1100 * MS); // covers block 5
        assertThat(timer.timeout()).isEqualTo(300 * MS);
    }

    @Test
    void an_ack_of_a_retransmitted_block_is_not_measured() {
        timer.sent(5, 0);
        timer.resent(60 * MS); // Karn's algorithm: the ACK may belong to either transmission
        timer.answered(5, 100 * MS);
        assertThat(timer.timeout()).isEqualTo(1000 * MS);
        timer.sent(6, 200 * MS);
        timer.answered(6, 300 * MS);
        assertThat(timer.timeout()).isEqualTo(300 * MS);
    }

    @Test
    void an_ack_without_a_running_measurement_is_ignored() {
        timer.answered(1, 100 * MS);
        timer.sent(2, 200 * MS);
        timer.answered(2, 300 * MS);
        timer.answered(2, 9000 * MS);
        assertThat(timer.timeout()).isEqualTo(300 * MS);
    }

    @Test
    void a_clock_overflow_does_not_affect_the_measurement() {
        timer.sent(1, Long.MAX_VALUE - 50 * MS);
        timer.answered(1, Long.MIN_VALUE + 50 * MS);
        assertThat(timer.timeout()).isCloseTo(300 * MS, within(10L));
    }

    @Test
    void the_pause_within_a_window_is_a_fraction_of_the_rtt() {
        assertThat(timer.pause()).isEqualTo(1 * MS);
        timer.measured(80 * MS);
        assertThat(timer.pause()).isEqualTo(10 * MS);
        timer.measured(3_600_000 * MS);
        assertThat(timer.pause()).isEqualTo(125 * MS);
    }

    /**
     * Measures a round trip of 1 ms, then a reply that arrives {@code reply} ms after its block, which was
     * retransmitted in between.
     */
    private void answeredAfterTimeouts(long reply, long... resentAt) {
        timer.measured(MS);
        timer.sent(9, 0);
        for (long at : resentAt) {
            timer.backOff();
            timer.resent(at * MS);
        }
        timer.answered(9, reply * MS);
    }

    @Test
    void the_timeout_stays_backed_off_until_a_block_that_was_sent_once_has_been_measured() {
        answeredAfterTimeouts(200, 20, 60, 140); // RFC 6298, 5.7
        assertThat(timer.timeout()).isEqualTo(160 * MS);
        timer.sent(10, 300 * MS);
        timer.answered(10, 500 * MS);
        assertThat(timer.timeout()).isEqualTo(300 * MS);
    }

    @Test
    void a_reply_one_round_trip_after_a_retransmission_answers_it_and_ends_the_back_off() {
        answeredAfterTimeouts(61, 20, 60);
        assertThat(timer.timeout()).isEqualTo(RttEstimator.FLOOR);
    }

    @Test
    void as_many_duplicates_as_retransmissions_raise_the_floor_to_a_sufficient_timeout() {
        answeredAfterTimeouts(100, 20, 60);
        timer.duplicate(101 * MS);
        timer.duplicate(102 * MS);
        timer.measured(MS);
        assertThat(timer.timeout()).isBetween(120 * MS, 125 * MS);
    }

    @Test
    void a_single_immediate_duplicate_may_be_a_duplicate_of_the_network() {
        answeredAfterTimeouts(30, 20);
        timer.duplicate(31 * MS);
        timer.measured(MS);
        assertThat(timer.timeout()).isEqualTo(RttEstimator.FLOOR);
    }

    @Test
    void a_single_duplicate_one_rtt_after_the_retransmission_answers_it() {
        answeredAfterTimeouts(50, 20);
        timer.duplicate(70 * MS);
        timer.measured(MS);
        assertThat(timer.timeout()).isBetween(60 * MS, 63 * MS);
    }

    @Test
    void a_raised_floor_is_limited_and_expires() {
        answeredAfterTimeouts(900, 20, 60, 140, 300, 620);
        for (int i = 0; i < 5; i++) {
            timer.duplicate(901 * MS);
        }
        timer.measured(MS);
        assertThat(timer.timeout()).isBetween(240 * MS, RttEstimator.HIGHEST_FLOOR);
        for (int i = 0; i < 300; i++) {
            timer.measured(MS);
        }
        assertThat(timer.timeout()).isEqualTo(RttEstimator.FLOOR);
    }

    @Test
    void a_late_block_does_not_give_an_rtt_of_zero() {
        timer.measured(200 * MS);
        timer.onGapAck(5, 0);
        timer.answered(5, MS / 10);
        assertThat(timer.timeout()).isEqualTo(600 * MS);
    }

    @Test
    void a_retransmission_is_measured_only_before_the_first_rtt() {
        timer.onGapAck(5, 0);
        timer.answered(4, 10 * MS);
        assertThat(timer.timeout()).isEqualTo(1000 * MS);
        timer.answered(5, 20 * MS);
        assertThat(timer.timeout()).isEqualTo(60 * MS);
        timer.sent(6, 100 * MS);
        timer.answered(6, 300 * MS); // discarded with the first measurement
        assertThat(timer.timeout()).isEqualTo(600 * MS);
    }

    @Test
    void early_replies_correct_an_estimate_that_is_too_long() {
        timer.measured(1000 * MS);
        for (int i = 0; i < 8; i++) {
            timer.onGapAck(5, 0);
            timer.answered(5, MS);
        }
        assertThat(timer.timeout()).isLessThan(30 * MS);
    }

    @Test
    void a_wide_window_in_flight_extends_the_timeout() {
        timer.measured(MS);
        timer.expectReplyTo(4);
        assertThat(timer.timeout()).isEqualTo(29 * MS);
        timer.expectReplyTo(64);
        assertThat(timer.timeout()).isEqualTo(200 * MS);
        timer.expectReplyTo(1);
        assertThat(timer.timeout()).isEqualTo(RttEstimator.FLOOR);
    }

    @Test
    void duplicates_count_for_the_answered_block_although_the_next_one_has_been_sent() {
        answeredAfterTimeouts(100, 20, 60);
        timer.sent(10, 100 * MS);
        timer.duplicate(101 * MS);
        timer.duplicate(102 * MS);
        timer.measured(MS);
        assertThat(timer.timeout()).isBetween(120 * MS, 125 * MS);
    }

    @Test
    void two_single_duplicates_in_succession_are_not_the_networks_copies() {
        for (int i = 0; i < 2; i++) {
            answeredAfterTimeouts(50, 20);
            timer.duplicate(51 * MS);
        }
        timer.measured(MS);
        assertThat(timer.timeout()).isBetween(60 * MS, 63 * MS);
    }
}
