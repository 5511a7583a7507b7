package dev.lockstep.tftp.server.internal.session;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Function;

/** A bounded queue of transfers that can be evicted, the oldest first. Safe for use by several threads. */
public final class EvictionQueue {
    /** The decision about one transfer of the queue. */
    public enum Verdict {
        /** Evicts the transfer. */
        EVICT,
        /** Keeps the transfer and examines the next one. */
        KEEP,
        /** Keeps this transfer and all behind it. */
        STOP
    }

    private final int capacity;
    private final Set<ServerTransfer> children = new LinkedHashSet<>();

    public EvictionQueue(int capacity) {
        this.capacity = capacity;
    }

    /** Adds a transfer. Evicts the oldest if the queue is full. */
    public void add(ServerTransfer child) {
        ServerTransfer oldest = null;
        synchronized (this) {
            if (children.size() >= capacity) {
                oldest = removeFirst(any -> Verdict.EVICT);
            }
            children.add(child);
        }
        if (oldest != null) {
            oldest.evict();
        }
    }

    /** Moves a transfer to the end of the queue, if it is still queued. */
    public synchronized void renew(ServerTransfer child) {
        if (children.remove(child)) {
            children.add(child);
        }
    }

    public synchronized void remove(ServerTransfer child) {
        children.remove(child);
    }

    /**
     * Evicts the first transfer for which the verdict is {@link Verdict#EVICT}.
     *
     * @param judge examines the transfers in their order, with this queue locked
     * @return the evicted transfer, or null if there is none
     */
    public ServerTransfer evictFirst(Function<ServerTransfer, Verdict> judge) {
        ServerTransfer first;
        synchronized (this) {
            first = removeFirst(judge);
        }
        if (first != null) {
            first.evict();
        }
        return first;
    }

    private ServerTransfer removeFirst(Function<ServerTransfer, Verdict> judge) {
        for (Iterator<ServerTransfer> all = children.iterator(); all.hasNext(); ) {
            ServerTransfer child = all.next();
            Verdict verdict = judge.apply(child);
            if (verdict == Verdict.EVICT) {
                all.remove();
                return child;
            }
            if (verdict == Verdict.STOP) {
                return null;
            }
        }
        return null;
    }
}
