package dev.lockstep.tftp.internal.impairment;

import dev.lockstep.tftp.internal.impairment.DatagramImpairment.ImpairmentDecision;
import java.util.SplittableRandom;

/**
 * Network impairment in both directions. The same seed gives the same sequence of decisions.
 *
 * @param loss probability that a datagram is dropped, 0 to 1
 * @param duplicate probability that it is duplicated, 0 to 1
 * @param reorder probability that the next one overtakes it, 0 to 1
 * @param delayMillis delay of each datagram in milliseconds
 * @param jitterMillis upper limit of an additional delay in milliseconds, uniformly distributed; on its own it does not
 *     reorder
 * @param seed seed of the random decisions
 */
public record LinkImpairment(
        double loss, double duplicate, double reorder, double delayMillis, double jitterMillis, long seed) {
    /** No impairment. */
    public static final LinkImpairment NONE = new LinkImpairment(0, 0, 0, 0, 0, 0);

    private static final double NANOS_A_MILLI = 1e6;

    /**
     * Validates the probabilities and times.
     *
     * @throws IllegalArgumentException for an invalid one; the message contains its value and what was expected
     */
    public LinkImpairment {
        requireProbability("loss", loss);
        requireProbability("duplicate", duplicate);
        requireProbability("reorder", reorder);
        requireTime("delay", delayMillis);
        requireTime("jitter", jitterMillis);
    }

    /** Returns the same impairment with another seed. */
    public LinkImpairment withSeed(long other) {
        return new LinkImpairment(loss, duplicate, reorder, delayMillis, jitterMillis, other);
    }

    /**
     * Returns whether there is any impairment.
     *
     * @return whether a probability or a delay is greater than 0
     */
    public boolean any() {
        return loss > 0 || duplicate > 0 || reorder > 0 || delayMillis > 0 || jitterMillis > 0;
    }

    /**
     * Returns the decisions for one direction of a channel.
     *
     * @param ofDirection the seed of this direction
     */
    public DatagramImpairment decisions(long ofDirection) {
        SplittableRandom random = new SplittableRandom(ofDirection);
        return datagram -> next(random);
    }

    /** Always draws four random numbers, so that one impairment does not change the sequence of the others. */
    private ImpairmentDecision next(SplittableRandom random) {
        boolean dropped = random.nextDouble() < loss;
        boolean duplicated = random.nextDouble() < duplicate;
        boolean reordered = random.nextDouble() < reorder;
        double millis = delayMillis + jitterMillis * random.nextDouble();
        return new ImpairmentDecision(dropped, duplicated, reordered, (long) (millis * NANOS_A_MILLI));
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
