package dev.lockstep.tftp.relay;

import java.time.Duration;

/**
 * What a network does to datagrams in one direction. Chances are from 0 to 1.
 *
 * @param delay of each datagram that is not reordered
 * @param jitter the delay is spread evenly over {@code delay} ± this, so datagrams overtake each other by it, too
 * @param loss chance to vanish; a copy has a chance of its own
 * @param duplication chance to come twice, each with a delay of its own
 * @param reordering chance to be sent at once, before all that is delayed
 * @param swapping chance to leave late by one place, right after the next one
 * @param corruption chance that one bit, anywhere, is turned over and the checksum made good again; with a bad checksum it
 *     would be lost
 * @param truncation chance that the end is missing, from anywhere on
 * @param mtu what is longer than this with its IP and UDP headers vanishes without a word
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
    /** Nothing happens to anything. */
    public static final NetworkImpairment CLEAR =
            new NetworkImpairment(Duration.ZERO, Duration.ZERO, 0, 0, 0, 0, 0, 0, 65535);

    /** The classic test of the field: 100 ms ± 50 ms, and 20 % each of loss, duplication and reordering. */
    public static final NetworkImpairment CLASSIC = CLEAR.withDelay(Duration.ofMillis(100), Duration.ofMillis(50))
            .withLoss(0.2)
            .withDuplication(0.2)
            .withReordering(0.2);

    /** Refuses what is no chance and no time. */
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

    public NetworkImpairment withDelay(Duration mean, Duration spread) {
        return new NetworkImpairment(
                mean, spread, loss, duplication, reordering, swapping, corruption, truncation, mtu);
    }

    public NetworkImpairment withLoss(double chance) {
        return new NetworkImpairment(
                delay, jitter, chance, duplication, reordering, swapping, corruption, truncation, mtu);
    }

    public NetworkImpairment withDuplication(double chance) {
        return new NetworkImpairment(delay, jitter, loss, chance, reordering, swapping, corruption, truncation, mtu);
    }

    public NetworkImpairment withReordering(double chance) {
        return new NetworkImpairment(delay, jitter, loss, duplication, chance, swapping, corruption, truncation, mtu);
    }

    public NetworkImpairment withSwapping(double chance) {
        return new NetworkImpairment(delay, jitter, loss, duplication, reordering, chance, corruption, truncation, mtu);
    }

    public NetworkImpairment withDamage(double turned, double cut) {
        return new NetworkImpairment(delay, jitter, loss, duplication, reordering, swapping, turned, cut, mtu);
    }

    public NetworkImpairment withMtu(int octets) {
        return new NetworkImpairment(
                delay, jitter, loss, duplication, reordering, swapping, corruption, truncation, octets);
    }

    private static void requireChance(String what, double chance) {
        if (!(chance >= 0 && chance <= 1)) {
            throw new IllegalArgumentException(what + ": " + chance + " (expected: 0 to 1)");
        }
    }
}
