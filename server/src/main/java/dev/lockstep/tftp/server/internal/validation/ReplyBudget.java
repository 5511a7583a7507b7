package dev.lockstep.tftp.server.internal.validation;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.lockstep.tftp.server.AmplificationLimits;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * The budget for replies to unvalidated peers, in bytes: one token bucket for each client address and one for its
 * network. It also limits the requests of addresses that have not replied before: an address that has replied does not
 * compete with spoofed ones, and a peer that repeats a dropped request competes only with others that do. Used for
 * requests and for what is sent to unvalidated peers, never for the packets of a running transfer. Safe for use by
 * several threads.
 */
public final class ReplyBudget {
    /** Bytes of the IP and UDP headers. */
    static final int HEADERS = 28;

    /** Bytes of an ERROR with an empty text, headers included. */
    public static final int EMPTY_ERROR = HEADERS + 5;

    /** The most bytes of a first message, headers included: DATA without negotiated options. */
    static final int FIRST_MESSAGE = HEADERS + 4 + 512;

    private static final int MAX_KNOWN = 32_768;
    private static final int CLIENTS = 1 << 16;
    private static final int NETWORKS = 1 << 14;
    private static final long ALL_PEERS = 0;

    /**
     * Entries of the retry table, 4 MiB. With 50,000 spoofed source addresses per second, it still finds nearly all
     * peers that repeat their request after five seconds.
     */
    private static final int RETRY_ENTRIES = 1 << 19;

    private final TokenBuckets clients;
    private final TokenBuckets networks;
    private final TokenBuckets unknownPeers;
    private final TokenBuckets retryingPeers;
    private final RetryTable retries;

    private final Cache<Long, Boolean> known =
            Caffeine.newBuilder().maximumSize(MAX_KNOWN).executor(Runnable::run).build();

    /**
     * Creates a budget with full buckets.
     *
     * @param seed a secret seed for the hash
     */
    public ReplyBudget(AmplificationLimits limits, long seed) {
        SeededHash hash = new SeededHash(seed);
        clients = byteBuckets(CLIENTS, limits.perClient(), hash);
        networks = byteBuckets(NETWORKS, limits.perNetwork(), hash);
        unknownPeers = requestBucket(limits.requests() / 16, limits.requests() / 2, hash);
        retryingPeers = requestBucket(limits.requests() / 64, limits.requests() / 16, hash);
        retries = new RetryTable(RETRY_ENTRIES, hash);
    }

    private static TokenBuckets byteBuckets(int slots, long perSecond, SeededHash hash) {
        return new TokenBuckets(slots, perSecond, AmplificationLimits.BURST_SECONDS * perSecond, hash);
    }

    private static TokenBuckets requestBucket(int perSecond, int atOnce, SeededHash hash) {
        return new TokenBuckets(1, Math.max(1, perSecond), Math.max(1, atOnce), hash);
    }

    /**
     * Returns true if a request may be processed: there are tokens for a reply, and for a request of an address that
     * has not replied before.
     *
     * @param now the time in nanoseconds
     */
    public synchronized boolean admits(InetSocketAddress peer, long now) {
        InetAddress address = peer.getAddress();
        return has(address, FIRST_MESSAGE, now)
                && (known.getIfPresent(ClientPrefix.of(address)) != null
                        || unknownPeers.tryTake(ALL_PEERS, 1, now)
                        || retries.isBack(peer, now) && retryingPeers.tryTake(ALL_PEERS, 1, now));
    }

    /**
     * Takes tokens from both buckets of an address, if both have enough.
     *
     * @param length the bytes to send, headers included
     * @param now the time in nanoseconds
     * @return false if nothing was taken
     */
    public synchronized boolean tryTake(InetAddress address, long length, long now) {
        if (!has(address, length, now)) {
            return false;
        }
        clients.take(ClientPrefix.of(address), length);
        networks.take(networkOf(address), length);
        return true;
    }

    /**
     * Called when a peer has replied, which validates its address. Returns the tokens for what was sent to it, and the
     * one for its request, preferably to the bucket of repeated requests.
     *
     * @param length the bytes that were taken
     * @param now the time in nanoseconds
     */
    synchronized void answered(InetAddress address, long length, long now) {
        long client = ClientPrefix.of(address);
        clients.giveBack(client, length);
        networks.giveBack(networkOf(address), length);
        if (known.getIfPresent(client) == null) { // a lookup costs a fraction of a write
            known.put(client, true);
            (retryingPeers.isFull(ALL_PEERS, now) ? unknownPeers : retryingPeers).giveBack(ALL_PEERS, 1);
        }
    }

    private boolean has(InetAddress address, long length, long now) {
        return clients.has(ClientPrefix.of(address), length, now) && networks.has(networkOf(address), length, now);
    }

    private static long networkOf(InetAddress address) {
        return ClientPrefix.of(address) >> (address instanceof Inet4Address ? 8 : 16);
    }
}
