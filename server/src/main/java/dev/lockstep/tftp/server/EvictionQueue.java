package dev.lockstep.tftp.server;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Function;

/** A bounded queue of children that can be evicted, the oldest first. Safe on any thread. */
final class EvictionQueue {
    /** What is done with a child of the queue. */
    enum Verdict {
        /** It is evicted. */
        EVICT,
        /** It stays, and the next one is looked at. */
        KEEP,
        /** It stays, and so do all behind it. */
        STOP
    }

    private final int most;
    private final Set<ServerTransfer> children = new LinkedHashSet<>();

    EvictionQueue(int most) {
        this.most = most;
    }

    /** Adds a child; evicts the oldest if there are too many. */
    void add(ServerTransfer child) {
        ServerTransfer oldest = null;
        synchronized (this) {
            if (children.size() >= most) {
                oldest = removeFirst(any -> Verdict.EVICT);
            }
            children.add(child);
        }
        if (oldest != null) {
            oldest.evict();
        }
    }

    /** Moves a child to the end, if it is still there. */
    synchronized void renew(ServerTransfer child) {
        if (children.remove(child)) {
            children.add(child);
        }
    }

    synchronized void remove(ServerTransfer child) {
        children.remove(child);
    }

    /** Evicts the first child of that verdict and returns it, or null if there is none. */
    ServerTransfer evictFirst(Function<ServerTransfer, Verdict> judge) {
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
