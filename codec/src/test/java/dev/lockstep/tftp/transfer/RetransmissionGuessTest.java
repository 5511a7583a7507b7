package dev.lockstep.tftp.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class RetransmissionGuessTest {
    private static final long MILLI = 1_000_000;
    private static final RandomGenerator NO_JITTER = () -> 0;

    private final RetransmissionTimer timer = new RetransmissionTimer(Duration.ZERO, NO_JITTER);

    @Test
    void a_round_trip_is_waited_for_three_times_after_one_measure() {
        timer.sent(1, 0);
        timer.answered(1, 100 * MILLI);
        assertThat(timer.timeout()).isEqualTo(300 * MILLI);
    }

    @Test
    void a_reply_to_what_was_sent_again_measures_nothing() {
        timer.sent(1, 0);
        timer.backOff();
        timer.resent();
        timer.progress();
        timer.answered(1, 100 * MILLI);
        assertThat(timer.timeout()).isEqualTo(RetransmissionTimer.INITIAL);
    }

    @Test
    void without_any_measure_the_reply_to_what_was_asked_for_again_is_a_guess() {
        timer.askedAgain(5, 0);
        timer.answered(4, 10 * MILLI);
        assertThat(timer.timeout()).isEqualTo(RetransmissionTimer.INITIAL);
        timer.answered(5, 20 * MILLI);
        assertThat(timer.timeout()).isEqualTo(60 * MILLI);
    }

    @Test
    void a_guess_is_no_shorter_than_the_floor() {
        timer.askedAgain(5, 0);
        timer.answered(5, 1);
        assertThat(timer.timeout()).isEqualTo(RetransmissionTimer.FLOOR);
    }

    @Test
    void a_wait_in_vain_that_followed_a_guess_stays_doubled() {
        timer.askedAgain(5, 0);
        timer.answered(5, 20 * MILLI);
        timer.backOff();
        timer.backOff();
        assertThat(timer.timeout()).isEqualTo(240 * MILLI);
        timer.progress();
        assertThat(timer.timeout()).isEqualTo(120 * MILLI);
    }

    @Test
    void after_a_measure_a_guess_only_shortens_the_wait_until_one_was_in_vain() {
        timer.measured(100 * MILLI);
        timer.askedAgain(5, 0);
        timer.answered(5, 200 * MILLI);
        assertThat(timer.timeout()).isEqualTo(300 * MILLI);
        timer.askedAgain(6, 0);
        timer.answered(6, 20 * MILLI);
        assertThat(timer.timeout()).isEqualTo(60 * MILLI);
    }

    @Test
    void a_guess_may_contain_the_peers_own_wait_so_the_shorter_of_the_last_ones_counts() {
        for (long millis : new long[] {2, 900, 900, 10, 900, 20}) {
            timer.askedAgain(5, 0);
            timer.answered(5, millis * MILLI);
        }
        assertThat(timer.timeout()).isEqualTo(30 * MILLI);
    }

    @Test
    void no_guess_makes_the_wait_longer_than_it_was_before_the_first_round_trip() {
        timer.askedAgain(5, 0);
        timer.answered(5, 4000 * MILLI);
        assertThat(timer.timeout()).isEqualTo(RetransmissionTimer.INITIAL);
    }

    @Test
    void an_agreed_timeout_is_kept_to_whatever_happens() {
        RetransmissionTimer agreed = new RetransmissionTimer(Duration.ofSeconds(5), NO_JITTER);
        agreed.measured(MILLI);
        agreed.askedAgain(5, 0);
        agreed.answered(5, MILLI);
        agreed.backOff();
        assertThat(agreed.timeout()).isEqualTo(Duration.ofSeconds(5).toNanos());
    }
}
