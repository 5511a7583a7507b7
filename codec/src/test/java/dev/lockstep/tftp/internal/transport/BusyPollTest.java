package dev.lockstep.tftp.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.SelectStrategy;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BusyPollTest {
    private static final int WINDOW_MICROS = 50;
    private static final int LONG_WAIT_MICROS = 1_000;
    private static final int SECOND_MICROS = 1_000_000;

    private final MockTicker ticker = Ticker.newMockTicker();
    private boolean allowed = true;
    private final BusyPoll strategy = new BusyPoll(Duration.ofNanos(WINDOW_MICROS * 1000), ticker, () -> allowed);

    @Test
    void without_traffic_it_blocks_at_once() throws Exception {
        for (int second = 0; second < 100; second++) {
            assertThat(decide(0)).isEqualTo(SelectStrategy.SELECT);
            pass(SECOND_MICROS);
        }
    }

    @Test
    void ready_events_are_returned() throws Exception {
        assertThat(decide(3)).isEqualTo(3);
        afterShortWaits(BusyPoll.LEAST_REQUIRED);
        assertThat(decide(3)).isEqualTo(3);
    }

    @Test
    void after_several_short_waits_it_polls_until_the_window_ends() throws Exception {
        afterShortWaits(BusyPoll.LEAST_REQUIRED);
        assertThat(decide(0)).isEqualTo(SelectStrategy.CONTINUE);
        pass(WINDOW_MICROS - 1);
        assertThat(decide(0)).isEqualTo(SelectStrategy.CONTINUE);
        pass(1);
        assertThat(decide(0)).isEqualTo(SelectStrategy.SELECT);
    }

    @Test
    void it_polls_again_after_each_event_in_the_window() throws Exception {
        afterShortWaits(BusyPoll.LEAST_REQUIRED);
        for (int packet = 0; packet < 1000; packet++) {
            expectSuccess();
        }
    }

    @Test
    void a_long_wait_ends_the_polling() throws Exception {
        afterShortWaits(BusyPoll.LEAST_REQUIRED - 1);
        blockFor(LONG_WAIT_MICROS);
        afterShortWaits(BusyPoll.LEAST_REQUIRED - 1);
        assertThat(decide(0)).isEqualTo(SelectStrategy.SELECT);
    }

    @Test
    void attempts_without_success_become_rare() throws Exception {
        int waits = 100_000;
        int attempts = 0;
        for (int wait = 0; wait < waits; wait++) {
            if (decide(0) == SelectStrategy.CONTINUE) {
                attempts++;
                pass(WINDOW_MICROS);
                assertThat(decide(0)).isEqualTo(SelectStrategy.SELECT);
            }
            pass(WINDOW_MICROS + 1); // of a wait that is short enough to be a success with the next packet
        }
        assertThat(attempts).isBetween(10, 200);
    }

    @Test
    void successes_make_attempts_frequent_again() throws Exception {
        afterShortWaits(BusyPoll.LEAST_REQUIRED);
        expectMiss();
        afterShortWaits(2 * BusyPoll.LEAST_REQUIRED);
        for (int packet = 0; packet < 2 * BusyPoll.LEAST_REQUIRED; packet++) {
            expectSuccess();
        }
        expectMiss();
        afterShortWaits(BusyPoll.LEAST_REQUIRED);
        assertThat(decide(0)).isEqualTo(SelectStrategy.CONTINUE);
    }

    @Test
    void while_it_is_not_allowed_it_blocks() throws Exception {
        allowed = false;
        afterShortWaits(BusyPoll.MOST_REQUIRED);
        allowed = true;
        assertThat(decide(0)).isEqualTo(SelectStrategy.CONTINUE);
    }

    @Test
    void an_interrupted_poll_is_followed_by_a_pause() throws Exception {
        afterShortWaits(BusyPoll.LEAST_REQUIRED);
        assertThat(decide(0)).isEqualTo(SelectStrategy.CONTINUE);
        ticker.advance(BusyPoll.INTERRUPTED + 1, TimeUnit.NANOSECONDS);
        assertThat(decide(1)).isEqualTo(1);
        int shortWaits = (int) (BusyPoll.PAUSE / 1000 / WINDOW_MICROS) - 1;
        for (int packet = 0; packet < shortWaits; packet++) {
            assertThat(decide(0)).isEqualTo(SelectStrategy.SELECT);
            pass(WINDOW_MICROS);
        }
        decide(0);
        pass(WINDOW_MICROS);
        assertThat(decide(0)).isEqualTo(SelectStrategy.CONTINUE);
    }

    @Test
    void it_never_delays_a_task() throws Exception {
        assertThat(strategy.calculateStrategy(() -> 0, true)).isZero();
        afterShortWaits(BusyPoll.LEAST_REQUIRED);
        assertThat(decide(0)).isEqualTo(SelectStrategy.CONTINUE);
        assertThat(strategy.calculateStrategy(() -> 0, true)).isZero();
        assertThat(strategy.calculateStrategy(() -> 2, true)).isEqualTo(2);
    }

    private void afterShortWaits(int count) throws Exception {
        for (int wait = 0; wait < count; wait++) {
            blockFor(WINDOW_MICROS);
        }
    }

    /** Blocks for an event, which the event loop processes at once. */
    private void blockFor(int micros) throws Exception {
        assertThat(decide(0)).isEqualTo(SelectStrategy.SELECT);
        pass(micros);
        assertThat(strategy.calculateStrategy(() -> 0, true)).isZero();
    }

    private void expectSuccess() throws Exception {
        assertThat(decide(0)).isEqualTo(SelectStrategy.CONTINUE);
        pass(WINDOW_MICROS - 1);
        assertThat(decide(1)).isEqualTo(1);
    }

    private void expectMiss() throws Exception {
        assertThat(decide(0)).isEqualTo(SelectStrategy.CONTINUE);
        pass(WINDOW_MICROS);
        assertThat(decide(0)).isEqualTo(SelectStrategy.SELECT);
        pass(LONG_WAIT_MICROS);
        assertThat(strategy.calculateStrategy(() -> 0, true)).isZero();
    }

    private int decide(int events) throws Exception {
        return strategy.calculateStrategy(() -> events, false);
    }

    private void pass(long micros) {
        ticker.advance(micros, TimeUnit.MICROSECONDS);
    }
}
