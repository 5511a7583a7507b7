package dev.lockstep.tftp.server;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * How much may be sent to whom before they have answered: octets, from a bucket for the address and one for its network.
 * And how many may be strangers: an address that has answered before need not queue with made-up ones, and a stranger who
 * comes back only with others who do. Asked for requests and what is sent to unanswered ones, never for a packet of a
 * running transfer. Safe on any thread.
 */
final class ReplyBudget {
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

    /** 4 MiB: in a flood of 50,000 made-up senders a second nearly all who ask again after five seconds are found. */
    private static final int GREYLIST = 1 << 19;

    private final TokenBuckets clients;
    private final TokenBuckets networks;
    private final TokenBuckets strangers;
    private final TokenBuckets returning;
    private final RetryTable greylist;

    private final Cache<Long, Boolean> known = Caffeine.newBuilder()
            .maximumSize(MOST_KNOWN)
            .executor(Runnable::run)
            .build();

    /**
     * Full ones.
     *
     * @param seed a secret
     */
    ReplyBudget(AmplificationLimits limits, long seed) {
        SeededHash hash = new SeededHash(seed);
        clients = octets(CLIENTS, limits.perClient(), hash);
        networks = octets(NETWORKS, limits.perNetwork(), hash);
        strangers = places(limits.requests() / 16, limits.requests() / 2, hash);
        returning = places(limits.requests() / 64, limits.requests() / 16, hash);
        greylist = new RetryTable(GREYLIST, hash);
    }

    private static TokenBuckets octets(int slots, long perSecond, SeededHash hash) {
        return new TokenBuckets(slots, perSecond, AmplificationLimits.BURST_SECONDS * perSecond, hash);
    }

    private static TokenBuckets places(int perSecond, int atOnce, SeededHash hash) {
        return new TokenBuckets(1, Math.max(1, perSecond), Math.max(1, atOnce), hash);
    }

    /** Whether a request may be looked at: there is something left for an answer, and for a stranger. */
    synchronized boolean admits(InetSocketAddress peer, long now) {
        InetAddress address = peer.getAddress();
        return has(address, FIRST_MESSAGE, now)
                && (known.getIfPresent(ClientPrefix.of(address)) != null
                        || strangers.tryTake(EVERYBODY, 1, now)
                        || greylist.isBack(peer, now) && returning.tryTake(EVERYBODY, 1, now));
    }

    /** Takes that many octets, if both buckets have them. */
    synchronized boolean tryTake(InetAddress address, long octets, long now) {
        if (!has(address, octets, now)) {
            return false;
        }
        clients.take(ClientPrefix.of(address), octets);
        networks.take(networkOf(address), octets);
        return true;
    }

    /** Somebody is there, and what was sent was asked for: gives it back, and first to those who come back. */
    synchronized void answered(InetAddress address, long octets, long now) {
        long client = ClientPrefix.of(address);
        clients.giveBack(client, octets);
        networks.giveBack(networkOf(address), octets);
        if (known.getIfPresent(client) == null) { // to look costs a fraction of what it costs to write
            known.put(client, true);
            (returning.isFull(EVERYBODY, now) ? strangers : returning).giveBack(EVERYBODY, 1);
        }
    }

    private boolean has(InetAddress address, long octets, long now) {
        return clients.has(ClientPrefix.of(address), octets, now) && networks.has(networkOf(address), octets, now);
    }

    private static long networkOf(InetAddress address) {
        return ClientPrefix.of(address) >> (address instanceof Inet4Address ? 8 : 16);
    }
}
