package dev.lockstep.tftp.internal.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lockstep.tftp.transfer.Wire;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeadlineTimerTest {
    private final TransferFixture fixture = new TransferFixture();
    private int fired;
    private final DeadlineTimer timer = new DeadlineTimer(fixture.loop(), () -> fired++);

    private long in(long millis) {
        return fixture.now() + TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @AfterEach
    void nothing_is_left() {
        timer.cancel();
        assertThat(fixture.channel.runScheduledPendingTasks()).isEqualTo(-1);
        assertFalse(fixture.channel.finish());
    }

    @Test
    void the_action_runs_once_at_the_deadline() {
        timer.moveTo(in(100));
        fixture.pass(99);
        assertThat(fired).isZero();
        fixture.pass(1);
        assertThat(fired).isEqualTo(1);
        fixture.pass(10_000);
        assertThat(fired).isEqualTo(1);
    }

    @Test
    void a_deadline_can_move_later() {
        timer.moveTo(in(100));
        for (int packet = 0; packet < 50; packet++) {
            fixture.pass(60);
            timer.moveTo(in(100));
        }
        fixture.pass(99);
        assertThat(fired).isZero();
        fixture.pass(1);
        assertThat(fired).isEqualTo(1);
    }

    @Test
    void a_deadline_can_move_earlier() {
        timer.moveTo(in(10_000));
        timer.moveTo(in(50));
        fixture.pass(50);
        assertThat(fired).isEqualTo(1);
        fixture.pass(20_000);
        assertThat(fired).isEqualTo(1);
    }

    @Test
    void never_removes_the_deadline_and_another_sets_it_again() {
        timer.moveTo(in(100));
        timer.moveTo(Wire.NEVER);
        fixture.pass(1000);
        assertThat(fired).isZero();
        timer.moveTo(in(10));
        fixture.pass(10);
        assertThat(fired).isEqualTo(1);
    }

    @Test
    void after_a_cancel_the_action_does_not_run() {
        timer.moveTo(in(100));
        timer.cancel();
        fixture.pass(1000);
        assertThat(fired).isZero();
    }

    @Test
    void a_deadline_in_the_past_is_due_at_once() {
        timer.moveTo(in(-5));
        fixture.pass(0);
        assertThat(fired).isEqualTo(1);
    }

    @Test
    void the_action_may_set_the_next_deadline() {
        DeadlineTimer[] self = new DeadlineTimer[1];
        self[0] = new DeadlineTimer(fixture.loop(), () -> {
            fired++;
            self[0].moveTo(in(10));
        });
        self[0].moveTo(in(10));
        for (int i = 0; i < 5; i++) {
            fixture.pass(10);
        }
        assertThat(fired).isEqualTo(5);
        self[0].cancel();
    }
}
