package dev.lockstep.tftp.server.service;

import io.netty.util.concurrent.EventExecutor;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Says that all is well for as long as every event loop answers and files can be served: the word goes round from loop
 * to loop, and if one of them is stuck it never comes home.
 */
final class Watchdog {
    private final List<EventExecutor> loops;
    private final long intervalMicros;
    private final BooleanSupplier serving;
    private final Runnable feed;

    Watchdog(List<EventExecutor> loops, long intervalMicros, BooleanSupplier serving, Runnable feed) {
        this.loops = loops;
        this.intervalMicros = intervalMicros;
        this.serving = serving;
        this.feed = feed;
    }

    /** Begins the first round after one interval; ends with the loops. */
    void start() {
        loops.get(0).schedule(() -> pass(0), intervalMicros, TimeUnit.MICROSECONDS);
    }

    /** On the loop of that number. */
    private void pass(int number) {
        try {
            if (number + 1 < loops.size()) {
                loops.get(number + 1).execute(() -> pass(number + 1));
            } else {
                if (serving.getAsBoolean()) {
                    feed.run();
                }
                start();
            }
        } catch (RejectedExecutionException ignored) {
            // the server has stopped
        }
    }
}
