package dev.lockstep.tftp.junit;

import dev.lockstep.tftp.concurrent.ThreadSafe;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The first and the last lines about the packets of a transfer. */
@ThreadSafe
final class PacketLog {
    private static final int FIRST = 40;
    private static final int LAST = 80;

    private final List<String> first = new ArrayList<>();
    private final Deque<String> last = new ArrayDeque<>();
    private long omitted;

    synchronized void add(String line) {
        if (first.size() < FIRST) {
            first.add(line);
            return;
        }
        last.addLast(line);
        if (last.size() > LAST) {
            last.removeFirst();
            omitted++;
        }
    }

    synchronized List<String> lines() {
        List<String> all = new ArrayList<>(first);
        if (omitted > 0) {
            all.add("(" + omitted + " more)");
        }
        all.addAll(last);
        return all;
    }
}
