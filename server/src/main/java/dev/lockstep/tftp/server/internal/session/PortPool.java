package dev.lockstep.tftp.server.internal.session;

import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.server.PortMode.Range;
import java.util.BitSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The ports of the port ranges that are in use by transfers of this server. Ports are assigned in rotation, so that a
 * port stays unused as long as possible before it is used again. Called once for each request.
 */
@ThreadSafe
public final class PortPool {
    private final Map<Range, Taken> ranges = new ConcurrentHashMap<>();

    private static final class Taken {
        private final BitSet ports = new BitSet();
        private int next;
    }

    /**
     * Takes the next free port of a range.
     *
     * @return the port, or empty if all ports are in use
     */
    OptionalInt take(Range range) {
        Taken taken = ranges.computeIfAbsent(range, fresh -> new Taken());
        int count = range.last() - range.first() + 1;
        synchronized (taken) {
            int free = taken.ports.nextClearBit(taken.next);
            if (free >= count) {
                free = taken.ports.nextClearBit(0);
            }
            if (free >= count) {
                return OptionalInt.empty();
            }
            taken.ports.set(free);
            taken.next = (free + 1) % count;
            return OptionalInt.of(range.first() + free);
        }
    }

    /** Returns a port to the pool. */
    void giveBack(Range range, int port) {
        Taken taken = ranges.get(range);
        synchronized (taken) {
            taken.ports.clear(port - range.first());
        }
    }
}
