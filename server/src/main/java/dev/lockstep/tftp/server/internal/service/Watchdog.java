package dev.lockstep.tftp.server.internal.service;

import io.netty.util.concurrent.EventExecutor;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Notifies the watchdog of the service manager as long as all event loops respond and files can be served. A task is
 * passed from loop to loop; if a loop is blocked, the task does not complete.
 */
final class Watchdog {
    private final List<EventExecutor> loops;
    private final long intervalMicros;
    private final BooleanSupplier serving;
    private final Runnable notification;

    Watchdog(List<EventExecutor> loops, long intervalMicros, BooleanSupplier serving, Runnable notification) {
        this.loops = loops;
        this.intervalMicros = intervalMicros;
        this.serving = serving;
        this.notification = notification;
    }

    /** Starts the first round after one interval. Stops when the loops are shut down. */
    void start() {
        loops.get(0).schedule(() -> pass(0), intervalMicros, TimeUnit.MICROSECONDS);
    }

    /** Passes the task on to the next loop, or completes the round. Called on the loop with the given index. */
    private void pass(int index) {
        try {
            if (index + 1 < loops.size()) {
                loops.get(index + 1).execute(() -> pass(index + 1));
            } else {
                if (serving.getAsBoolean()) {
                    notification.run();
                }
                start();
            }
        } catch (RejectedExecutionException ignored) {
            // the server has stopped
        }
    }
}
