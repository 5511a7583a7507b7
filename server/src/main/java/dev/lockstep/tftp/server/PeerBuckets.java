package dev.lockstep.tftp.server;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * How much may be sent to whom before they have answered: octets, from a bucket for the address and one for its network.
 * And how many may be strangers: an address that has answered before need not queue with made-up ones. Asked for requests
 * and what is sent to unanswered ones, never for a packet of a running transfer. Safe on any thread.
 */
final class PeerBuckets {
    /** Those of IP and UDP. */
    static final int HEADERS = 28;

    /** An ERROR without its text. */
    static final int EMPTY_ERROR = HEADERS + 5;

    /** What a first message may take at most: DATA where nothing was agreed on. */
    static final int FIRST_MESSAGE = HEADERS + 4 + 512;

    private static final int MOST_KNOWN = 32_768;
    private static final int CLIENTS = 1 << 16;
    private static final int NETWORKS = 1 << 14;
    private static final long EVERYBODY = 0;

    private final TokenBuckets clients;
    private final TokenBuckets networks;
    private final TokenBuckets strangers;

    private final Cache<InetAddress, Boolean> known = Caffeine.newBuilder()
            .maximumSize(MOST_KNOWN)
            .executor(Runnable::run)
            .build();

    PeerBuckets(UnansweredLimits limits, long seed) {
        clients = octets(CLIENTS, limits.perClient(), seed);
        networks = octets(NETWORKS, limits.perNetwork(), seed);
        strangers = new TokenBuckets(1, Math.max(1, limits.requests() / 16), Math.max(1, limits.requests() / 2), seed);
    }

    private static TokenBuckets octets(int slots, long perSecond, long seed) {
        return new TokenBuckets(slots, perSecond, UnansweredLimits.BURST_SECONDS * perSecond, seed);
    }

    /** Whether a request may be looked at: there is something left for an answer, and for a stranger. */
    synchronized boolean admits(InetAddress address, long now) {
        if (!has(address, FIRST_MESSAGE, now)) {
            return false;
        }
        if (known.getIfPresent(address) == null) {
            if (!strangers.has(EVERYBODY, 1, now)) {
                return false;
            }
            strangers.take(EVERYBODY, 1);
        }
        return true;
    }

    /** Takes that many octets, if both buckets have them. */
    synchronized boolean tryTake(InetAddress address, long octets, long now) {
        if (!has(address, octets, now)) {
            return false;
        }
        clients.take(clientOf(address), octets);
        networks.take(networkOf(address), octets);
        return true;
    }

    /** Somebody is there, and what was sent was asked for: gives it back. */
    synchronized void answered(InetAddress address, long octets) {
        clients.giveBack(clientOf(address), octets);
        networks.giveBack(networkOf(address), octets);
        if (known.asMap().put(address, true) == null) {
            strangers.giveBack(EVERYBODY, 1);
        }
    }

    private boolean has(InetAddress address, long octets, long now) {
        return clients.has(clientOf(address), octets, now) && networks.has(networkOf(address), octets, now);
    }

    /** The address, or what a host of IPv6 may choose its addresses from. */
    private static long clientOf(InetAddress address) {
        ByteBuffer octets = ByteBuffer.wrap(address.getAddress());
        return address instanceof Inet4Address ? octets.getInt() : octets.getLong();
    }

    private static long networkOf(InetAddress address) {
        return clientOf(address) >> (address instanceof Inet4Address ? 8 : 16);
    }
}
