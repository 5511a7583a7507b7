package dev.lockstep.tftp.io;

import dev.lockstep.tftp.concurrent.ThreadSafe;

/** Decides when bytes of a file may be sent or accepted. Several transfers may share one. */
@ThreadSafe
@FunctionalInterface
public interface RateLimiter {
    /** Imposes no limit. */
    RateLimiter UNLIMITED = (bytes, now) -> now;

    /**
     * Reserves the next turn.
     *
     * @param bytes the number of bytes
     * @param now the current time, in nanoseconds of the event loops' clock
     * @return the time from which the bytes may be transferred; they may be transferred now if it is not after {@code
     *     now}
     */
    long reserve(int bytes, long now);

    /**
     * {@return a limiter that respects this limit and the other}
     *
     * @param other the other limiter
     */
    default RateLimiter and(RateLimiter other) {
        if (this == UNLIMITED) {
            return other;
        }
        if (other == UNLIMITED) {
            return this;
        }
        return (bytes, now) -> {
            long mine = reserve(bytes, now);
            long theirs = other.reserve(bytes, now);
            return mine - theirs > 0 ? mine : theirs;
        };
    }
}
