package dev.lockstep.tftp.client.load;

import java.time.Duration;

/**
 * The schedule of transfer starts. In a closed loop each client starts its next transfer when its previous one has
 * ended. In an open loop transfers start at a fixed rate, independent of the server.
 *
 * @param concurrency number of clients of a closed loop; in an open loop the limit of concurrent transfers: further
 *     starts wait, and the delay counts as latency
 * @param rate transfers per second of an open loop; 0 for a closed loop
 * @param ramp time until all clients are active or the full rate is reached, increasing linearly
 * @param warmUp time at the begin whose transfers are verified but not counted, neither in the result nor towards the
 *     duration and the number of transfers
 * @param duration time after which no transfer starts; zero for no limit
 * @param transfers number of transfers after which no transfer starts; {@link Long#MAX_VALUE} for no limit
 * @param shard the part of the schedule to run; all other values are those of the whole load test
 */
public record LoadSchedule(
        int concurrency, double rate, Duration ramp, Duration warmUp, Duration duration, long transfers, Shard shard) {
    private static final double NANOS = 1e9;

    /** Creates the schedule of a whole load test. */
    public LoadSchedule(
            int concurrency, double rate, Duration ramp, Duration warmUp, Duration duration, long transfers) {
        this(concurrency, rate, ramp, warmUp, duration, transfers, Shard.WHOLE);
    }

    /**
     * Validates the values.
     *
     * @throws IllegalArgumentException for an invalid one; the message contains its value and what was expected
     */
    public LoadSchedule {
        String enough = ">= " + shard.count() + (shard.count() > 1 ? ", the number of shards" : "");
        require("concurrency", concurrency, concurrency >= shard.count(), enough);
        require("rate", rate, rate >= 0 && rate <= NANOS, "transfers a second, > 0");
        require("ramp", ramp, !ramp.isNegative(), ">= 0");
        require("warm-up", warmUp, !warmUp.isNegative(), ">= 0");
        require("duration", duration, !duration.isNegative(), ">= 0");
        require("transfers", transfers, transfers >= shard.count(), enough);
        if (duration.isZero() && transfers == Long.MAX_VALUE) {
            throw new IllegalArgumentException("neither transfers nor duration (expected: one of them)");
        }
    }

    private static void require(String what, Object value, boolean holds, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(what + ": " + value + " (expected: " + expected + ")");
        }
    }

    /** Returns the schedule of all shards together. */
    LoadSchedule whole() {
        return new LoadSchedule(concurrency, rate, ramp, warmUp, duration, transfers);
    }

    /**
     * Returns whether this is an open loop.
     *
     * @return whether transfers start at a rate
     */
    public boolean isOpen() {
        return rate > 0;
    }

    /**
     * Returns the nanoseconds from the begin to the start of transfer {@code n} in an open loop, or of client {@code n}
     * in a closed loop.
     */
    long dueAfter(long n) {
        double rampSeconds = ramp.toNanos() / NANOS;
        double seconds;
        if (!isOpen()) {
            seconds = rampSeconds * n / concurrency;
        } else {
            double startedInRamp = rate * rampSeconds / 2;
            seconds = n < startedInRamp
                    ? Math.sqrt(2 * n * rampSeconds / rate)
                    : rampSeconds + (n - startedInRamp) / rate;
        }
        return (long) (seconds * NANOS);
    }

    /**
     * Returns whether a transfer that starts after this time belongs to the warm-up.
     *
     * @param elapsed nanoseconds since the begin
     */
    boolean isWarmUp(long elapsed) {
        return elapsed < warmUp.toNanos();
    }

    /**
     * Returns whether no transfer may start after this time.
     *
     * @param elapsed nanoseconds since the begin
     */
    boolean isOver(long elapsed) {
        return !duration.isZero() && elapsed - warmUp.toNanos() >= duration.toNanos();
    }
}
