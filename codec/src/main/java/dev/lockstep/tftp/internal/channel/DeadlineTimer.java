package dev.lockstep.tftp.internal.channel;

import dev.lockstep.tftp.concurrent.EventLoop;
import dev.lockstep.tftp.transfer.Wire;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Runs an action at a deadline that moves with every packet. One task checks the deadline when it runs and reschedules
 * itself if the deadline has moved. That avoids cancelling and scheduling a task for every packet.
 */
@EventLoop
public final class DeadlineTimer {
    private final EventExecutor loop;
    private final Runnable action;
    private ScheduledFuture<?> task;
    private long due;
    private long deadline = Wire.NEVER;

    /**
     * Creates a timer without a deadline.
     *
     * @param action called on the event loop when the deadline has passed
     */
    public DeadlineTimer(EventExecutor loop, Runnable action) {
        this.loop = loop;
        this.action = action;
    }

    /**
     * Moves the deadline.
     *
     * @param moment in nanoseconds of the event loop's clock; {@link Wire#NEVER} removes the deadline
     */
    public void moveTo(long moment) {
        deadline = moment;
        boolean wakesTooLate = task == null || moment - due < 0;
        if (moment != Wire.NEVER && wakesTooLate) {
            schedule();
        }
    }

    /** Removes the deadline and cancels the task. */
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
