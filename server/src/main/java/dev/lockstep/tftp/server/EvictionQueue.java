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
    private final Set<Child> children = new LinkedHashSet<>();

    EvictionQueue(int most) {
        this.most = most;
    }

    /** Adds a child; evicts the oldest if there are too many. */
    void add(Child child) {
        Child oldest = null;
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
    synchronized void renew(Child child) {
        if (children.remove(child)) {
            children.add(child);
        }
    }

    synchronized void remove(Child child) {
        children.remove(child);
    }

    /** Evicts the first child of that verdict and returns it, or null if there is none. */
    Child evictFirst(Function<Child, Verdict> judge) {
        Child first;
        synchronized (this) {
            first = removeFirst(judge);
        }
        if (first != null) {
            first.evict();
        }
        return first;
    }

    private Child removeFirst(Function<Child, Verdict> judge) {
        for (Iterator<Child> all = children.iterator(); all.hasNext(); ) {
            Child child = all.next();
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
