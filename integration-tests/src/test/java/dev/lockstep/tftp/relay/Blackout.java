package dev.lockstep.tftp.relay;

import java.time.Duration;

/**
 * A time in which nothing passes in either direction.
 *
 * @param after how many datagrams of both directions, counted as they come to the relay; below 0: never
 */
public record Blackout(long after, Duration length) {
    public static final Blackout NEVER = new Blackout(-1, Duration.ZERO);
}
