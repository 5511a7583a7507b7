package dev.lockstep.tftp.server;

import dev.lockstep.tftp.server.PortMode.Range;
import java.util.BitSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which ports of the ranges are taken by transfers of ours. They are given out in turn, so that one rests for as long
 * as it can before it is used again. Safe on any thread; asked once a request.
 */
final class PortPool {
    private final Map<Range, Taken> ranges = new ConcurrentHashMap<>();

    private static final class Taken {
        private final BitSet ports = new BitSet();
        private int next;
    }

    /** The next free port of the range, if there is one. */
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

    /** A port that was taken is free again. */
    void giveBack(Range range, int port) {
        Taken taken = ranges.get(range);
        synchronized (taken) {
            taken.ports.clear(port - range.first());
        }
    }
}
