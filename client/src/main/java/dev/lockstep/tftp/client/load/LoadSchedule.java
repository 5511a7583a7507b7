package dev.lockstep.tftp.client.load;

import java.time.Duration;

/**
 * When transfers start. In a closed loop each of a number of clients starts its next transfer when its last one has
 * ended; in an open loop transfers start at a rate, whatever the server does.
 *
 * @param concurrency clients of a closed loop; in an open loop the most transfers at once, beyond which starts wait
 *     and the wait counts as latency
 * @param rate of an open loop in transfers a second; 0 for a closed one
 * @param ramp how long it takes until all clients or the full rate are there, linearly
 * @param warmUp what starts before is made and checked, and not counted: neither in the result nor against the next two
 * @param duration after which nothing more starts; zero: no end
 * @param transfers after which nothing more starts
 */
public record LoadSchedule(
        int concurrency, double rate, Duration ramp, Duration warmUp, Duration duration, long transfers) {
    private static final double NANOS = 1e9;

    /** Refuses what makes no sense, with the value and what was expected. */
    public LoadSchedule {
        require("concurrency", concurrency, concurrency >= 1, ">= 1");
        require("rate", rate, rate >= 0 && rate <= NANOS, "transfers a second, > 0");
        require("ramp", ramp, !ramp.isNegative(), ">= 0");
        require("warm-up", warmUp, !warmUp.isNegative(), ">= 0");
        require("duration", duration, !duration.isNegative(), ">= 0");
        require("transfers", transfers, transfers >= 1, ">= 1");
        if (duration.isZero() && transfers == Long.MAX_VALUE) {
            throw new IllegalArgumentException("neither transfers nor duration (expected: one of them)");
        }
    }

    /** Without a warm-up. */
    public LoadSchedule(int concurrency, double rate, Duration ramp, Duration duration, long transfers) {
        this(concurrency, rate, ramp, Duration.ZERO, duration, transfers);
    }

    private static void require(String what, Object value, boolean holds, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(what + ": " + value + " (expected: " + expected + ")");
        }
    }

    /** Whether transfers start at a rate. */
    public boolean isOpen() {
        return rate > 0;
    }

    /** Nanoseconds from the begin to the start of transfer {@code n} in an open loop, of client {@code n} else. */
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

    /** Whether what starts so many nanoseconds after the begin is not counted. */
    boolean isWarmUp(long elapsed) {
        return elapsed < warmUp.toNanos();
    }

    /** Whether nothing starts any more so many nanoseconds after the begin. */
    boolean isOver(long elapsed) {
        return !duration.isZero() && elapsed - warmUp.toNanos() >= duration.toNanos();
    }
}
