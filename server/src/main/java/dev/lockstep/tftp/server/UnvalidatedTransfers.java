package dev.lockstep.tftp.server;

import dev.lockstep.tftp.server.EvictionQueue.Verdict;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * The children whose peer has not answered yet, the oldest first. Anybody can make up the sender of a request, so these
 * are bounded, and make room for others. Asked once a request, once a first message and once a first answer, by every
 * listener; safe on any thread.
 */
final class UnvalidatedTransfers {
    /** A peer that has not replied within this time may be evicted in favour of a new request. */
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(3);

    /** Those that have sent their first message are in the order of it. */
    private final EvictionQueue children;

    UnvalidatedTransfers(int most) {
        children = new EvictionQueue(most);
    }

    /** One more; the oldest leaves if they are too many. */
    void add(ServerTransfer child) {
        children.add(child);
    }

    /** Its first message leaves now. */
    void speaks(ServerTransfer child, long now) {
        child.speaks(now);
        children.renew(child);
    }

    /** It has been answered, or is over. */
    void remove(ServerTransfer child) {
        children.remove(child);
    }

    /**
     * Evicts the child that has waited longest for an answer, if it had its time to.
     *
     * @param which evicts no other
     * @return null if there is none
     */
    ServerTransfer makeRoom(Predicate<ServerTransfer> which, long now) {
        return children.evictFirst(child -> {
            if (!child.hasWaited(0, now) || !which.test(child)) {
                return Verdict.KEEP; // what this side is slow to send nobody could answer
            }
            return child.hasWaited(PATIENCE, now) ? Verdict.EVICT : Verdict.STOP;
        });
    }
}
