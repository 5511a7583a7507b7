package dev.lockstep.tftp.server.internal.origin;

import java.time.Duration;

/**
 * The bounds of waiting for an origin. A client waits for the first block for as long as its own timeouts allow.
 *
 * @param connect for the connection, TLS included
 * @param headers for the beginning of the response
 * @param stall for the next bytes of the body
 * @param resume for the next bytes of a body whose connection is broken
 * @param negative for which a 404 is remembered
 * @param retry for which an origin is not asked again about a stale file that it could not validate
 */
record OriginTimes(
        Duration connect, Duration headers, Duration stall, Duration resume, Duration negative, Duration retry) {
    static final OriginTimes DEFAULT = new OriginTimes(
            Duration.ofSeconds(2),
            Duration.ofSeconds(4),
            Duration.ofSeconds(5),
            Duration.ofSeconds(20),
            Duration.ofSeconds(2),
            Duration.ofSeconds(5));
}
