package dev.lockstep.tftp.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lockstep.tftp.transfer.Wire;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeadlineTimerTest {
    private final TransferFixture bench = new TransferFixture();
    private int fired;
    private final DeadlineTimer timer = new DeadlineTimer(bench.loop(), () -> fired++);

    private long in(long millis) {
        return bench.now() + TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @AfterEach
    void nothing_is_left() {
        timer.cancel();
        assertThat(bench.channel.runScheduledPendingTasks()).isEqualTo(-1);
        assertFalse(bench.channel.finish());
    }

    @Test
    void the_action_runs_once_at_the_deadline() {
        timer.moveTo(in(100));
        bench.pass(99);
        assertThat(fired).isZero();
        bench.pass(1);
        assertThat(fired).isEqualTo(1);
        bench.pass(10_000);
        assertThat(fired).isEqualTo(1);
    }

    @Test
    void a_deadline_can_move_later() {
        timer.moveTo(in(100));
        for (int packet = 0; packet < 50; packet++) {
            bench.pass(60);
            timer.moveTo(in(100));
        }
        bench.pass(99);
        assertThat(fired).isZero();
        bench.pass(1);
        assertThat(fired).isEqualTo(1);
    }

    @Test
    void a_deadline_can_move_earlier() {
        timer.moveTo(in(10_000));
        timer.moveTo(in(50));
        bench.pass(50);
        assertThat(fired).isEqualTo(1);
        bench.pass(20_000);
        assertThat(fired).isEqualTo(1);
    }

    @Test
    void never_removes_the_deadline_and_another_sets_it_again() {
        timer.moveTo(in(100));
        timer.moveTo(Wire.NEVER);
        bench.pass(1000);
        assertThat(fired).isZero();
        timer.moveTo(in(10));
        bench.pass(10);
        assertThat(fired).isEqualTo(1);
    }

    @Test
    void after_a_cancel_the_action_does_not_run() {
        timer.moveTo(in(100));
        timer.cancel();
        bench.pass(1000);
        assertThat(fired).isZero();
    }

    @Test
    void a_deadline_in_the_past_is_due_at_once() {
        timer.moveTo(in(-5));
        bench.pass(0);
        assertThat(fired).isEqualTo(1);
    }

    @Test
    void the_action_may_set_the_next_deadline() {
        DeadlineTimer[] self = new DeadlineTimer[1];
        self[0] = new DeadlineTimer(bench.loop(), () -> {
            fired++;
            self[0].moveTo(in(10));
        });
        self[0].moveTo(in(10));
        for (int i = 0; i < 5; i++) {
            bench.pass(10);
        }
        assertThat(fired).isEqualTo(5);
        self[0].cancel();
    }
}
