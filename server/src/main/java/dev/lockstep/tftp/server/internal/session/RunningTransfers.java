package dev.lockstep.tftp.server.internal.session;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The running transfers, and which of them may be evicted because they are idle. Safe for use by several threads; takes
 * no lock.
 */
final class RunningTransfers {
    /**
     * A transfer that has been idle for this long may be evicted in favour of a new request: its peer is silent, or its
     * disk does not respond.
     */
    static final long LEAST_SILENCE = TimeUnit.SECONDS.toNanos(10);

    /** Shortest time between two scans of all transfers, however many requests are refused meanwhile. */
    private static final long LEAST_BETWEEN_LOOKS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Set<ServerTransfer> children = ConcurrentHashMap.newKeySet();
    private final AtomicInteger size = new AtomicInteger();
    /** The transfers that were idle long enough at the last scan, the longest first; null before the first one. */
    private volatile Queue<ServerTransfer> silent;

    private volatile long nextLook;

    private record Silence(ServerTransfer child, long nanos) {}

    int size() {
        return size.get();
    }

    /** Adds a transfer, unless there are already that many. */
    boolean tryAdd(ServerTransfer child, int max) {
        boolean added = size.getAndUpdate(count -> count < max ? count + 1 : count) < max;
        if (added) {
            children.add(child);
        }
        return added;
    }

    boolean contains(ServerTransfer child) {
        return children.contains(child);
    }

    void remove(ServerTransfer child) {
        if (children.remove(child)) {
            size.decrementAndGet();
        }
    }

    /**
     * Returns the transfer that has been idle longest, or null if none has been idle for {@link #LEAST_SILENCE}.
     *
     * @param now the time in nanoseconds
     */
    ServerTransfer longestSilent(long now) {
        Queue<ServerTransfer> found = silent;
        if (found == null || found.isEmpty() && now - nextLook >= 0) {
            found = look(now);
        }
        ServerTransfer next;
        do {
            next = found.poll();
        } while (next != null && !(children.contains(next) && next.idleTime(now) >= LEAST_SILENCE));
        return next;
    }

    /**
     * Scans all transfers. Idle times only grow with time, so no other transfer can have been idle long enough before
     * the next scan.
     */
    private Queue<ServerTransfer> look(long now) {
        List<Silence> found = new ArrayList<>();
        long longestOther = 0;
        for (ServerTransfer child : children) {
            long nanos = child.idleTime(now);
            if (nanos >= LEAST_SILENCE) {
                found.add(new Silence(child, nanos));
            } else {
                longestOther = Math.max(longestOther, nanos);
            }
        }
        found.sort(Comparator.comparingLong(Silence::nanos).reversed());
        nextLook = now + Math.max(LEAST_BETWEEN_LOOKS, LEAST_SILENCE - longestOther);
        Queue<ServerTransfer> longestFirst = new ConcurrentLinkedQueue<>();
        found.forEach(silence -> longestFirst.add(silence.child));
        silent = longestFirst;
        return longestFirst;
    }
}
