package dev.lockstep.tftp.relay;

import java.time.Duration;

/**
 * A period in which the relay drops all datagrams of both directions.
 *
 * @param after the number of datagrams, received from both directions, after which it begins; negative: never
 * @param length how long it lasts
 */
public record Blackout(long after, Duration length) {
    public static final Blackout NEVER = new Blackout(-1, Duration.ZERO);
}
