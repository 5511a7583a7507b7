package dev.lockstep.tftp.channel;

import dev.lockstep.tftp.transfer.Wire;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Runs something at a deadline that moves with every packet: one task looks at it when it wakes, and sleeps on if it
 * has moved away, instead of a task being cancelled and scheduled for every packet. On one event loop only.
 */
public final class DeadlineTimer {
    private final EventExecutor loop;
    private final Runnable action;
    private ScheduledFuture<?> task;
    private long due;
    private long deadline = Wire.NEVER;

    /** A timer without a deadline yet. */
    public DeadlineTimer(EventExecutor loop, Runnable action) {
        this.loop = loop;
        this.action = action;
    }

    /** Moves the deadline; {@link Wire#NEVER} takes it away. */
    public void moveTo(long moment) {
        deadline = moment;
        boolean wakesTooLate = task == null || moment - due < 0;
        if (moment != Wire.NEVER && wakesTooLate) {
            schedule();
        }
    }

    /** No more wake-ups. */
    public void cancel() {
        deadline = Wire.NEVER;
        if (task != null) {
            task.cancel(false);
            task = null;
        }
    }

    private void schedule() {
        if (task != null) {
            task.cancel(false);
        }
        due = deadline;
        task = loop.schedule(this::wake, due - loop.ticker().nanoTime(), TimeUnit.NANOSECONDS);
    }

    private void wake() {
        task = null;
        if (deadline == Wire.NEVER) {
            return;
        }
        if (deadline - loop.ticker().nanoTime() > 0) {
            schedule();
        } else {
            deadline = Wire.NEVER;
            action.run();
        }
    }
}
