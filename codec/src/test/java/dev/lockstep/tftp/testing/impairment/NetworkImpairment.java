package dev.lockstep.tftp.testing.impairment;

import java.time.Duration;

/**
 * The impairment of datagrams in one direction of a network. Probabilities are from 0 to 1.
 *
 * @param delay delay of each datagram that is not reordered
 * @param jitter the delay is spread evenly over {@code delay} ± this, so that it reorders datagrams, too
 * @param loss probability that a datagram is dropped; drawn for a copy separately
 * @param duplication probability that a datagram is duplicated; the copy has a delay of its own
 * @param reordering probability that a datagram is sent at once, before all delayed ones
 * @param swapping probability that a datagram leaves right after the next one
 * @param corruption probability that one bit, at any place, is inverted and the checksum corrected; a datagram with a
 *     wrong checksum would be lost
 * @param truncation probability that the end is missing, from any place on
 * @param mtu a datagram longer than this with its IP and UDP headers, in bytes, is dropped silently
 */
public record NetworkImpairment(
        Duration delay,
        Duration jitter,
        double loss,
        double duplication,
        double reordering,
        double swapping,
        double corruption,
        double truncation,
        int mtu) {
    /** A network without impairment. */
    public static final NetworkImpairment CLEAR =
            new NetworkImpairment(Duration.ZERO, Duration.ZERO, 0, 0, 0, 0, 0, 0, 65535);

    /** The classic test: a delay of 100 ms ± 50 ms, and 20 % each of loss, duplication and reordering. */
    public static final NetworkImpairment CLASSIC = CLEAR.withDelay(Duration.ofMillis(100), Duration.ofMillis(50))
            .withLoss(0.2)
            .withDuplication(0.2)
            .withReordering(0.2);

    /** Checks that all values are in their ranges. */
    public NetworkImpairment {
        requireChance("loss", loss);
        requireChance("duplication", duplication);
        requireChance("reordering", reordering);
        requireChance("swapping", swapping);
        requireChance("corruption", corruption);
        requireChance("truncation", truncation);
        if (jitter.isNegative() || jitter.compareTo(delay) > 0) {
            throw new IllegalArgumentException("jitter: " + jitter + " (expected: 0 to the delay, " + delay + ")");
        }
        if (mtu < 1) {
            throw new IllegalArgumentException("mtu: " + mtu + " (expected: >= 1)");
        }
    }

    /** Returns this impairment with another delay and jitter. */
    public NetworkImpairment withDelay(Duration mean, Duration spread) {
        return new NetworkImpairment(
                mean, spread, loss, duplication, reordering, swapping, corruption, truncation, mtu);
    }

    /** Returns this impairment with another probability of loss. */
    public NetworkImpairment withLoss(double chance) {
        return new NetworkImpairment(
                delay, jitter, chance, duplication, reordering, swapping, corruption, truncation, mtu);
    }

    /** Returns this impairment with another probability of duplication. */
    public NetworkImpairment withDuplication(double chance) {
        return new NetworkImpairment(delay, jitter, loss, chance, reordering, swapping, corruption, truncation, mtu);
    }

    /** Returns this impairment with another probability of reordering. */
    public NetworkImpairment withReordering(double chance) {
        return new NetworkImpairment(delay, jitter, loss, duplication, chance, swapping, corruption, truncation, mtu);
    }

    /** Returns this impairment with another probability of swapping. */
    public NetworkImpairment withSwapping(double chance) {
        return new NetworkImpairment(delay, jitter, loss, duplication, reordering, chance, corruption, truncation, mtu);
    }

    /** Returns this impairment with other probabilities of corruption and truncation. */
    public NetworkImpairment withDamage(double turned, double cut) {
        return new NetworkImpairment(delay, jitter, loss, duplication, reordering, swapping, turned, cut, mtu);
    }

    /** Returns this impairment with another MTU in bytes. */
    public NetworkImpairment withMtu(int bytes) {
        return new NetworkImpairment(
                delay, jitter, loss, duplication, reordering, swapping, corruption, truncation, bytes);
    }

    private static void requireChance(String what, double chance) {
        if (!(chance >= 0 && chance <= 1)) {
            throw new IllegalArgumentException(what + ": " + chance + " (expected: 0 to 1)");
        }
    }
}
