package dev.lockstep.tftp.client.load;

import java.util.SplittableRandom;

/**
 * A bad link, in both directions, the same one for the same seed.
 *
 * @param loss how likely a datagram is lost, 0 to 1
 * @param duplicate how likely it comes twice
 * @param reorder how likely the next one overtakes it
 * @param delayMillis how long each is on its way
 * @param jitterMillis how much longer at most, evenly spread; by itself it changes no order
 */
public record LinkImpairment(
        double loss, double duplicate, double reorder, double delayMillis, double jitterMillis, long seed) {
    /** A good link. */
    public static final LinkImpairment NONE = new LinkImpairment(0, 0, 0, 0, 0, 0);

    private static final double NANOS_A_MILLI = 1e6;

    /** Refuses what is no probability or no time, with the value and what was expected. */
    public LinkImpairment {
        requireProbability("loss", loss);
        requireProbability("duplicate", duplicate);
        requireProbability("reorder", reorder);
        requireTime("delay", delayMillis);
        requireTime("jitter", jitterMillis);
    }

    /** What becomes of one datagram. */
    record ImpairmentDecision(boolean lost, boolean doubled, boolean overtaken, long delayNanos) {}

    /** Whether there is any fault at all. */
    public boolean any() {
        return loss > 0 || duplicate > 0 || reorder > 0 || delayMillis > 0 || jitterMillis > 0;
    }

    /** The fate of the next datagram: always four draws, so that one fault does not shift the others. */
    ImpairmentDecision next(SplittableRandom random) {
        boolean lost = random.nextDouble() < loss;
        boolean doubled = random.nextDouble() < duplicate;
        boolean overtaken = random.nextDouble() < reorder;
        double millis = delayMillis + jitterMillis * random.nextDouble();
        return new ImpairmentDecision(lost, doubled, overtaken, (long) (millis * NANOS_A_MILLI));
    }

    private static void requireProbability(String what, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(what + ": " + value + " (expected: 0 to 1)");
        }
    }

    private static void requireTime(String what, double millis) {
        if (!(millis >= 0 && millis <= Integer.MAX_VALUE)) {
            throw new IllegalArgumentException(what + ": " + millis + " (expected: milliseconds, >= 0)");
        }
    }
}
