package dev.lockstep.tftp.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.SelectStrategy;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BusyPollTest {
    private static final int SPIN_MICROS = 50;

    private final MockTicker ticker = Ticker.newMockTicker();
    private final BusyPoll strategy = new BusyPoll(Duration.ofNanos(SPIN_MICROS * 1000), ticker);

    @Test
    void without_traffic_it_blocks_at_once() throws Exception {
        assertThat(decide(0)).isEqualTo(SelectStrategy.SELECT);
    }

    @Test
    void ready_events_are_returned() throws Exception {
        assertThat(decide(3)).isEqualTo(3);
    }

    @Test
    void after_traffic_it_polls_for_the_given_time_and_then_blocks() throws Exception {
        decide(1);
        assertThat(decide(0)).isEqualTo(SelectStrategy.CONTINUE);
        pass(SPIN_MICROS - 1);
        assertThat(decide(0)).isEqualTo(SelectStrategy.CONTINUE);
        pass(1);
        assertThat(decide(0)).isEqualTo(SelectStrategy.SELECT);
    }

    @Test
    void each_event_restarts_the_polling_time() throws Exception {
        decide(1);
        pass(SPIN_MICROS - 1);
        decide(1);
        pass(SPIN_MICROS - 1);
        assertThat(decide(0)).isEqualTo(SelectStrategy.CONTINUE);
    }

    @Test
    void the_end_of_a_blocking_select_counts_as_traffic() throws Exception {
        assertThat(decide(0)).isEqualTo(SelectStrategy.SELECT);
        pass(1_000_000); // blocked; the event loop processes the events
        assertThat(decide(0)).isEqualTo(SelectStrategy.CONTINUE);
        pass(SPIN_MICROS);
        assertThat(decide(0)).isEqualTo(SelectStrategy.SELECT);
    }

    @Test
    void it_never_delays_a_task() throws Exception {
        assertThat(strategy.calculateStrategy(() -> 0, true)).isZero();
        assertThat(strategy.calculateStrategy(() -> 2, true)).isEqualTo(2);
    }

    private int decide(int events) throws Exception {
        return strategy.calculateStrategy(() -> events, false);
    }

    private void pass(long micros) {
        ticker.advance(micros, TimeUnit.MICROSECONDS);
    }
}
