package dev.lockstep.tftp.channel;

/** Says when octets of a file may go. Several transfers may share one, on any thread. */
@FunctionalInterface
public interface RateLimiter {
    /** At once, always. */
    RateLimiter UNLIMITED = (octets, now) -> now;

    /**
     * Takes the next turn.
     *
     * @param now in nanoseconds of the event loops' clock
     * @return the moment from which that many octets may go; at once, if it is not after {@code now}
     */
    long reserve(int octets, long now);

    /** No faster than this one and the other. */
    default RateLimiter and(RateLimiter other) {
        if (this == UNLIMITED) {
            return other;
        }
        if (other == UNLIMITED) {
            return this;
        }
        return (octets, now) -> {
            long mine = reserve(octets, now);
            long theirs = other.reserve(octets, now);
            return mine - theirs > 0 ? mine : theirs;
        };
    }
}
