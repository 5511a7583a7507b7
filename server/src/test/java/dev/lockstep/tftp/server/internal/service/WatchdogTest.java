package dev.lockstep.tftp.server.internal.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.EventExecutor;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WatchdogTest {
    private final EmbeddedChannel first = new EmbeddedChannel();
    private final EmbeddedChannel second = new EmbeddedChannel();
    private boolean serving = true;
    private int fed;

    @BeforeEach
    void two_event_loops_and_a_watchdog_of_one_second() {
        first.freezeTime();
        List<EventExecutor> loops = List.of(first.eventLoop(), second.eventLoop());
        new Watchdog(loops, 500_000, () -> serving, () -> fed++).start();
    }

    private void advanceFirst(long millis) {
        first.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        first.runScheduledPendingTasks();
    }

    @Test
    void is_notified_once_an_interval_while_the_event_loops_respond() {
        advanceFirst(499);
        second.runPendingTasks();
        assertThat(fed).isZero();
        for (int round = 1; round <= 10; round++) {
            advanceFirst(500);
            second.runPendingTasks();
            first.runPendingTasks();
            assertThat(fed).isEqualTo(round);
        }
    }

    @Test
    void is_not_notified_while_no_file_can_be_served() {
        serving = false;
        for (int round = 0; round < 3; round++) {
            advanceFirst(500);
            second.runPendingTasks();
            first.runPendingTasks();
        }
        assertThat(fed).isZero();
        serving = true;
        advanceFirst(500);
        second.runPendingTasks();
        assertThat(fed).isEqualTo(1);
    }

    @Test
    void is_not_notified_while_an_event_loop_is_stuck() {
        advanceFirst(500); // the second loop runs nothing
        advanceFirst(10_000);
        assertThat(fed).isZero();
        second.runPendingTasks();
        assertThat(fed).isEqualTo(1);
        first.runPendingTasks();
        advanceFirst(500);
        second.runPendingTasks();
        assertThat(fed).isEqualTo(2);
    }
}
