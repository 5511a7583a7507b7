package dev.lockstep.tftp.server;

/**
 * Limits what a server sends to peers whose address is not validated, because their source address may be spoofed. Byte
 * counts are those of UDP datagrams with their IP headers. Traffic of validated peers is not counted.
 *
 * @param requests requests of unvalidated peers that are kept at once; the oldest is evicted for a new one. A burst of
 *     half as many, and then a sixteenth of them each second, is accepted from addresses that have not replied before.
 *     Besides those, a burst of a sixteenth, and then a 64th each second, is accepted from peers that repeat a dropped
 *     request
 * @param perClient bytes per second to one address, in IPv6 to one /64; a burst may hold {@link #BURST_SECONDS} times
 *     as many
 * @param perNetwork bytes per second to one network, /24 in IPv4 and /48 in IPv6; a burst may hold {@link
 *     #BURST_SECONDS} times as many
 */
public record AmplificationLimits(int requests, long perClient, long perNetwork) {
    /** The size of a burst, in seconds at the sustained rate. */
    public static final int BURST_SECONDS = 16;

    private static final int MAX_REQUESTS = 1 << 20;
    private static final long MIN_BYTES = 1024;
    private static final long MAX_BYTES = 1L << 40;

    /** An eighth of {@link #NORMAL}, for a server that any host on the Internet can send requests to. */
    public static final AmplificationLimits STRICT = new AmplificationLimits(512, 16 << 10, 64 << 10);

    /**
     * The default limits, enough for thousands of clients that boot together behind one address and do not reply at
     * once.
     */
    public static final AmplificationLimits NORMAL = new AmplificationLimits(4096, 128 << 10, 512 << 10);

    /**
     * No limits, for a network in which no source address can be spoofed. The first message is then retransmitted until
     * the idle timeout.
     */
    public static final AmplificationLimits UNLIMITED = new AmplificationLimits(MAX_REQUESTS, MAX_BYTES, MAX_BYTES);

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if a value is out of range
     */
    public AmplificationLimits {
        require("unvalidated requests", requests, 1, MAX_REQUESTS);
        require("unvalidated per client", perClient, MIN_BYTES, MAX_BYTES);
        require("unvalidated per network", perNetwork, MIN_BYTES, MAX_BYTES);
    }

    private static void require(String what, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(what + ": " + value + " (expected: " + least + " to " + most + ")");
        }
    }
}
