package dev.lockstep.tftp.internal.transport;

import io.netty.channel.SelectStrategy;
import io.netty.util.IntSupplier;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Polls for events for a while before the event loop blocks, where that is likely to save a wake-up, which takes longer
 * than all other work for a packet. It is likely after several short waits in a row. A wait that is longer than the
 * window ends the polling, and if there were few successes before it, more short waits are required for the next
 * attempt. So an event loop without traffic, or with distant peers, does not poll.
 *
 * <p>A thread that polls takes a processor from others. If it is interrupted while it polls, another thread needs the
 * processor, and the event loop does not poll for some time.
 */
final class BusyPoll implements SelectStrategy {
    /** Short waits in a row that are required at first. */
    static final int LEAST_REQUIRED = 4;
    /** The most short waits in a row that are required after failures. */
    static final int MOST_REQUIRED = 1024;
    /** Duration of a single poll, in nanoseconds, from which on it counts as interrupted. It takes a microsecond. */
    static final long INTERRUPTED = TimeUnit.MICROSECONDS.toNanos(100);
    /** Time without polling after an interruption, in nanoseconds. */
    static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(50);

    private enum State {
        PROCESSING,
        POLLING,
        BLOCKED
    }

    private final long window;
    private final Ticker ticker;
    private final BooleanSupplier allowed;

    private State state = State.PROCESSING;
    private long waitingSince;
    private long polledAt;
    private long pausedUntil;
    /** Short waits since the last long one. */
    private int streak;

    private int required = LEAST_REQUIRED;
    /** Waits that polling has shortened since the last long one. */
    private int successes;

    /**
     * Creates a strategy for one event loop.
     *
     * @param window the longest time to poll for the next event
     * @param allowed returns whether the loop may begin to poll; called on the event loop
     */
    BusyPoll(Duration window, Ticker ticker, BooleanSupplier allowed) {
        this.window = window.toNanos();
        this.ticker = ticker;
        this.allowed = allowed;
        this.pausedUntil = ticker.nanoTime();
    }

    @Override
    public int calculateStrategy(IntSupplier selectNow, boolean hasTasks) throws Exception {
        int events = selectNow.get();
        boolean ready = events > 0 || hasTasks;
        if (ready && state == State.PROCESSING) {
            return events;
        }
        long now = ticker.nanoTime();
        if (state == State.POLLING) {
            if (now - polledAt > INTERRUPTED) {
                pausedUntil = now + PAUSE;
            } else if (!ready && now - waitingSince < window) {
                polledAt = now;
                return CONTINUE;
            }
            if (!ready) {
                miss();
                return block();
            }
            successes++;
            streak++;
        } else if (state == State.BLOCKED) {
            // includes the wake-up and the processing of the events, which take as long as a short wait
            streak = now - waitingSince <= 2 * window ? streak + 1 : 0;
        }
        state = State.PROCESSING;
        if (ready) {
            return events;
        }
        waitingSince = now;
        if (streak >= required && now - pausedUntil >= 0 && allowed.getAsBoolean()) {
            state = State.POLLING;
            polledAt = now;
            return CONTINUE;
        }
        return block();
    }

    private void miss() {
        required =
                successes >= required ? Math.max(LEAST_REQUIRED, required / 2) : Math.min(MOST_REQUIRED, required * 2);
        successes = 0;
        streak = 0;
    }

    private int block() {
        state = State.BLOCKED;
        return SELECT;
    }
}
