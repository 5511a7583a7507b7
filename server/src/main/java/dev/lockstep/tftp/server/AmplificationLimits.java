package dev.lockstep.tftp.server;

/**
 * What a server does for requests that nobody has answered yet, whose sender may be made up. Octets are those of UDP
 * datagrams and their IP headers; what has been answered does not count.
 *
 * @param requests remembered at once, the oldest make room; half as many may come at once, and a sixteenth each second,
 *     from addresses that have not answered before; a sixteenth at once, and a 64th each second, besides from those that
 *     were turned away and ask again
 * @param perClient octets a second to one address, in IPv6 to one /64; {@link #BURST_SECONDS} times as many at once
 * @param perNetwork the same to one network, /24 in IPv4 and /48 in IPv6
 */
public record AmplificationLimits(int requests, long perClient, long perNetwork) {
    /** How many seconds' worth may be sent at once. */
    public static final int BURST_SECONDS = 16;

    /** Enough for thousands of clients that boot together behind one address, none of which answers at once. */
    public static final AmplificationLimits DEFAULT = new AmplificationLimits(4096, 128 << 10, 512 << 10);

    private static final int MOST_REQUESTS = 1 << 20;
    private static final long LEAST_OCTETS = 1024;
    private static final long MOST_OCTETS = 1L << 40;

    /** Refuses what makes no sense, with the value and what was expected. */
    public AmplificationLimits {
        require("unanswered requests", requests, 1, MOST_REQUESTS);
        require("unanswered per client", perClient, LEAST_OCTETS, MOST_OCTETS);
        require("unanswered per network", perNetwork, LEAST_OCTETS, MOST_OCTETS);
    }

    private static void require(String what, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(what + ": " + value + " (expected: " + least + " to " + most + ")");
        }
    }
}
