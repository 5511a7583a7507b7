package dev.lockstep.tftp.server.internal.validation;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.server.AmplificationLimits;
import dev.lockstep.tftp.server.ServerMetrics.AddressValidationMetrics;
import dev.lockstep.tftp.server.internal.session.EvictionQueue;
import dev.lockstep.tftp.server.internal.session.EvictionQueue.Verdict;
import dev.lockstep.tftp.server.internal.session.ServerTransfer;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

/**
 * Bounds what unvalidated peers cost, since the source address of a request can be spoofed (RFC 9000, section 8). A
 * request is either dropped or gets a {@link PeerValidation}, the state of its peer until a datagram is received from
 * it.
 *
 * <p>The replies to unvalidated peers are charged to two token buckets, one for each client address and one for its
 * network, and returned when the peer is validated. Requests of addresses that have not been validated before have a
 * rate limit, and those that are dropped have another one for their retransmissions: a validated address does not
 * compete with spoofed ones, and a peer that repeats a dropped request competes only with others that do. The number of
 * transfers with unvalidated peers is limited, too: the oldest is evicted. The packets of a transfer whose peer is
 * validated are not examined. Takes no lock.
 */
@ThreadSafe
public final class AddressValidation {
    /** The most bytes of a first message, headers included: DATA without negotiated options. */
    static final int FIRST_MESSAGE = PeerValidation.HEADERS + 4 + 512;

    /** A peer that has not replied within this time may be evicted in favour of a new request. */
    private static final long REPLY_TIMEOUT = TimeUnit.SECONDS.toNanos(3);

    private static final int MAX_VALIDATED = 32_768;
    private static final int CLIENTS = 1 << 16;
    private static final int NETWORKS = 1 << 14;

    /**
     * Entries of the retry table, 4 MiB. With 50,000 spoofed source addresses per second, it still finds nearly all
     * peers that repeat their request after five seconds.
     */
    private static final int RETRY_ENTRIES = 1 << 19;

    /** The key of all peers, in a table of one bucket. */
    private static final long ALL = 0;

    private final boolean unlimited;
    private final TokenBuckets clients;
    private final TokenBuckets networks;
    private final TokenBuckets unknownPeers;
    private final TokenBuckets retryingPeers;
    private final RetryTable retries;
    private final EvictionQueue unvalidated;
    private final int maxUnvalidated;
    private final LongAdder validatedTransfers = new LongAdder();
    private final LongAdder withheldMessages = new LongAdder();

    private final Cache<Long, Boolean> validated = Caffeine.newBuilder()
            .maximumSize(MAX_VALIDATED)
            .executor(Runnable::run)
            .build();

    /**
     * Creates the state of one server, with full buckets.
     *
     * @param seed a secret seed for the hash
     */
    public AddressValidation(AmplificationLimits limits, long seed) {
        SeededHash hash = new SeededHash(seed);
        unlimited = limits.equals(AmplificationLimits.UNLIMITED);
        clients = byteBuckets(unlimited ? 1 : CLIENTS, limits.perClient(), hash);
        networks = byteBuckets(unlimited ? 1 : NETWORKS, limits.perNetwork(), hash);
        unknownPeers = requestBucket(limits.requests() / 16, limits.requests() / 2, hash);
        retryingPeers = requestBucket(limits.requests() / 64, limits.requests() / 16, hash);
        retries = new RetryTable(RETRY_ENTRIES, hash);
        maxUnvalidated = limits.requests();
        unvalidated = new EvictionQueue(maxUnvalidated);
    }

    private static TokenBuckets byteBuckets(int slots, long perSecond, SeededHash hash) {
        return new TokenBuckets(slots, perSecond, AmplificationLimits.BURST_SECONDS * perSecond, hash);
    }

    private static TokenBuckets requestBucket(int perSecond, int burst, SeededHash hash) {
        return new TokenBuckets(1, Math.max(1, perSecond), Math.max(1, burst), hash);
    }

    /**
     * Admits a request if there are tokens for a reply, and for a request of an address that was not validated before.
     *
     * @param peer the source address and port of the request
     * @param now the time in nanoseconds
     * @return the state of the peer, or null if the request must be dropped
     */
    public PeerValidation admit(InetSocketAddress peer, long now) {
        PeerValidation state = new PeerValidation(this, peer.getAddress());
        boolean admitted = unlimited
                || clients.has(state.client(), FIRST_MESSAGE, now)
                        && networks.has(state.network(), FIRST_MESSAGE, now)
                        && (validated.getIfPresent(state.client()) != null
                                || unknownPeers.tryTake(ALL, 1, now)
                                || retries.recordRetry(peer, now) && retryingPeers.tryTake(ALL, 1, now));
        return admitted ? state : null;
    }

    /**
     * Called when a datagram is received from the peer of a transfer, which validates its address. Removes the limits
     * of the transfer. Returns the tokens for what was sent to it, and the one for its request, preferably to the
     * bucket of repeated requests.
     *
     * @param now the time in nanoseconds
     */
    void validated(PeerValidation peer, long charged, long now) {
        validatedTransfers.increment();
        clients.giveBack(peer.client(), charged);
        networks.giveBack(peer.network(), charged);
        if (validated.getIfPresent(peer.client()) == null) { // a lookup costs a fraction of a write
            validated.put(peer.client(), true);
            (retryingPeers.isFull(ALL, now) ? unknownPeers : retryingPeers).giveBack(ALL, 1);
        }
    }

    /**
     * Takes tokens from both buckets of a peer, if both have enough.
     *
     * @param length the bytes to send, headers included
     * @param now the time in nanoseconds
     * @return false if nothing was taken
     */
    boolean tryTake(PeerValidation peer, int length, long now) {
        if (unlimited || !clients.tryTake(peer.client(), length, now)) {
            return unlimited;
        }
        if (!networks.tryTake(peer.network(), length, now)) {
            clients.giveBack(peer.client(), length);
            return false;
        }
        return true;
    }

    /** Called when a message is not sent because of a limit for its peer. */
    void onWithheld() {
        withheldMessages.increment();
    }

    /** Returns the current counts. */
    public AddressValidationMetrics metrics() {
        return new AddressValidationMetrics(
                unvalidated.size(), maxUnvalidated, validatedTransfers.sum(), withheldMessages.sum());
    }

    boolean isUnlimited() {
        return unlimited;
    }

    /** Returns the transfers with unvalidated peers, those to which a message was sent in the order of these messages. */
    EvictionQueue unvalidated() {
        return unvalidated;
    }

    /**
     * Evicts the transfer that has waited longest for a reply of its peer, if the time for a reply is over.
     *
     * @param which selects the transfers that may be evicted
     * @param now the time in nanoseconds
     * @return the evicted transfer, or null if there is none
     */
    public ServerTransfer evictOldest(Predicate<ServerTransfer> which, long now) {
        return unvalidated.evictFirst(transfer -> {
            long waiting = transfer.validation().timeSinceReply(now);
            if (waiting < 0 || !which.test(transfer)) {
                return Verdict.KEEP;
            }
            return waiting >= REPLY_TIMEOUT ? Verdict.EVICT : Verdict.STOP;
        });
    }
}
