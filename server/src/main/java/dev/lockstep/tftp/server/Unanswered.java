package dev.lockstep.tftp.server;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The children whose peer has not answered yet, the oldest first. Anybody can make up the sender of a request, so these
 * are bounded, and make room for others. Asked once a request and once a first answer, by every listener; safe on any
 * thread.
 */
final class Unanswered {
    /** Who has not answered for that long gives its place to who asks now. */
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(3);

    private final int most;
    private final Set<Child> children = new LinkedHashSet<>();

    Unanswered(int most) {
        this.most = most;
    }

    /** One more; the oldest leaves if they are too many. */
    void add(Child child) {
        Child oldest = null;
        synchronized (this) {
            if (children.size() >= most) {
                Iterator<Child> all = children.iterator();
                oldest = all.next();
                all.remove();
            }
            children.add(child);
        }
        if (oldest != null) {
            oldest.evict();
        }
    }

    /** It has been answered, or is over. */
    synchronized void remove(Child child) {
        children.remove(child);
    }

    /** Has the oldest leave, if it had its time to answer; false if nobody had. */
    boolean makeRoom(long now) {
        Child oldest;
        synchronized (this) {
            Iterator<Child> all = children.iterator();
            if (!all.hasNext()) {
                return false;
            }
            oldest = all.next();
            if (!oldest.hasWaited(PATIENCE, now)) {
                return false;
            }
            all.remove();
        }
        oldest.evict();
        return true;
    }
}
