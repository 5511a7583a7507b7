package dev.lockstep.tftp.server.internal.session;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The running transfers, and which of them may be evicted because they are idle. Not safe for use by several threads.
 */
final class RunningTransfers {
    /**
     * A transfer that has been idle for this long may be evicted in favour of a new request: its peer is silent, or its
     * disk does not respond.
     */
    static final long LEAST_SILENCE = TimeUnit.SECONDS.toNanos(10);

    /** Shortest time between two scans of all transfers, however many requests are refused meanwhile. */
    private static final long LEAST_BETWEEN_LOOKS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Set<ServerTransfer> children = new HashSet<>();
    private final Queue<ServerTransfer> silent = new ArrayDeque<>(0);
    private long nextLook;
    private boolean looked;

    private record Silence(ServerTransfer child, long nanos) {}

    int size() {
        return children.size();
    }

    void add(ServerTransfer child) {
        children.add(child);
    }

    void remove(ServerTransfer child) {
        children.remove(child);
    }

    /**
     * Returns the transfer that has been idle longest, or null if none has been idle for {@link #LEAST_SILENCE}.
     *
     * @param now the time in nanoseconds
     */
    ServerTransfer longestSilent(long now) {
        if (silent.isEmpty() && (!looked || now - nextLook >= 0)) {
            look(now);
        }
        ServerTransfer next;
        do {
            next = silent.poll();
        } while (next != null && !(children.contains(next) && next.idleTime(now) >= LEAST_SILENCE));
        return next;
    }

    /**
     * Scans all transfers. Idle times only grow with time, so no other transfer can have been idle long enough before
     * the next scan.
     */
    private void look(long now) {
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
        found.forEach(silence -> silent.add(silence.child));
        nextLook = now + Math.max(LEAST_BETWEEN_LOOKS, LEAST_SILENCE - longestOther);
        looked = true;
    }
}
