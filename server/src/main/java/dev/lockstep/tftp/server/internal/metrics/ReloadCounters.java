package dev.lockstep.tftp.server.internal.metrics;

import dev.lockstep.tftp.concurrent.ThreadSafe;
import java.time.Instant;

/** The configuration file: when it was read, and whether the last reload was successful. */
@ThreadSafe
public final class ReloadCounters {
    private volatile State state = new State(0, 0, true, Instant.now());

    /**
     * The state after the last reload.
     *
     * @param succeeded the number of successful reloads; the start is none
     * @param failed the number of reloads after which the previous configuration was kept
     * @param lastSuccessful false if the last reload has failed
     * @param inForceSince the time of the last successful reload, or of the start
     */
    public record State(long succeeded, long failed, boolean lastSuccessful, Instant inForceSince) {}

    /** Counts a successful reload. */
    public synchronized void succeeded() {
        state = new State(state.succeeded + 1, state.failed, true, Instant.now());
    }

    /** Counts a failed reload. */
    public synchronized void failed() {
        state = new State(state.succeeded, state.failed + 1, false, state.inForceSince);
    }

    /** Returns the current state. */
    public State state() {
        return state;
    }
}
