package dev.lockstep.tftp.client.conform;

import dev.lockstep.tftp.internal.capture.MessageText;
import dev.lockstep.tftp.internal.text.AddressFormat;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/** The datagrams of one check, decoded. Of a long transfer it keeps the beginning and the end. */
final class Transcript {
    private static final int FIRST = 60;
    private static final int LAST = 60;
    private static final double NANOS = 1e9;

    private final List<Packet> first = new ArrayList<>();
    private final Deque<Packet> last = new ArrayDeque<>();
    private long omitted;

    void add(Packet packet) {
        if (first.size() < FIRST) {
            first.add(packet);
            return;
        }
        last.add(packet);
        if (last.size() > LAST) {
            last.remove();
            omitted++;
        }
    }

    /**
     * Returns one line for each datagram: seconds since the first one, the direction (→ sent by the tester, ← received),
     * the port of the tester, the other end, and the message.
     */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        first.forEach(packet -> lines.add(line(packet)));
        if (omitted > 0) {
            lines.add("… " + omitted + " more");
        }
        last.forEach(packet -> lines.add(line(packet)));
        return lines;
    }

    private String line(Packet packet) {
        return String.format(
                Locale.ROOT,
                "%7.3f %s %s %s %s",
                (packet.nanos() - first.get(0).nanos()) / NANOS,
                packet.local().getPort(),
                packet.sent() ? "→" : "←",
                AddressFormat.of(packet.remote()),
                packet);
    }

    /** Describes a datagram in one line. */
    static String describe(byte[] datagram) {
        return MessageText.of(Unpooled.wrappedBuffer(datagram));
    }
}
