package dev.lockstep.tftp.server.internal.validation;

import dev.lockstep.tftp.server.internal.session.EvictionQueue;
import dev.lockstep.tftp.server.internal.session.EvictionQueue.Verdict;
import dev.lockstep.tftp.server.internal.session.ServerTransfer;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * The transfers with unvalidated peers, the oldest first. The source address of a request can be spoofed, so their
 * number is limited, and they may be evicted for others. Safe for use by several threads; called once for each request,
 * first message and first reply.
 */
public final class UnvalidatedTransfers {
    /** A peer that has not replied within this time may be evicted in favour of a new request. */
    private static final long REPLY_TIMEOUT = TimeUnit.SECONDS.toNanos(3);

    /** Transfers that have sent their first message are in the order of these messages. */
    private final EvictionQueue children;

    public UnvalidatedTransfers(int limit) {
        children = new EvictionQueue(limit);
    }

    /** Adds a transfer. Evicts the oldest if there are too many. */
    public void add(ServerTransfer child) {
        children.add(child);
    }

    /**
     * Called when the first message of a transfer is sent.
     *
     * @param now the time in nanoseconds
     */
    void onFirstMessage(ServerTransfer child, long now) {
        child.onFirstMessage(now);
        children.renew(child);
    }

    /** Removes a transfer, because its peer has replied or it has ended. */
    public void remove(ServerTransfer child) {
        children.remove(child);
    }

    /**
     * Evicts the transfer that has waited longest for a reply, if the time for a reply is over.
     *
     * @param which selects the transfers that may be evicted
     * @param now the time in nanoseconds
     * @return the evicted transfer, or null if there is none
     */
    public ServerTransfer evictOldest(Predicate<ServerTransfer> which, long now) {
        return children.evictFirst(child -> {
            if (!child.hasWaited(0, now) || !which.test(child)) {
                return Verdict.KEEP; // before the first message there is nothing to reply to
            }
            return child.hasWaited(REPLY_TIMEOUT, now) ? Verdict.EVICT : Verdict.STOP;
        });
    }
}
