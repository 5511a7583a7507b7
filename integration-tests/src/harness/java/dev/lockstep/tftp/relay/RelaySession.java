package dev.lockstep.tftp.relay;

import dev.lockstep.tftp.testing.impairment.DatagramCounter;
import dev.lockstep.tftp.testing.impairment.Impairment;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.util.HashMap;
import java.util.Map;

/**
 * The session of one client. The server sees the client at a separate port of the relay. The client sees one port of
 * the relay for each TID of the server, which stays the same as long as the session lasts.
 *
 * <pre>
 *   client ──request──► listener ─┐                  ┌──► server's port for requests
 *                                 ├─ up ─► outside ──┤
 *   client ◄─────────► face ──────┘        ◄─────────┴──► server's TID, learned from its answer
 * </pre>
 */
final class RelaySession {
    private final Relay relay;
    private final InetSocketAddress client;
    private final DatagramChannel outside;
    private final Impairment up;
    private final Impairment down;
    private final Map<InetSocketAddress, DatagramChannel> faces = new HashMap<>();
    private long usedAt;

    RelaySession(Relay relay, InetSocketAddress client, Impairment up, Impairment down) throws IOException {
        this.relay = relay;
        this.client = client;
        this.up = up;
        this.down = down;
        this.outside = relay.open(new InetSocketAddress(Relay.standInFor(relay.server()), 0), this::fromServer);
    }

    /** Called when the client has sent a datagram to the listening port. */
    void fromClient(byte[] datagram, long now) {
        passUp(datagram, relay.server(), now);
    }

    private void fromServer(byte[] datagram, InetSocketAddress tid, long now) throws IOException {
        if (!tid.getAddress().equals(relay.server().getAddress())) {
            return;
        }
        usedAt = now;
        DatagramChannel face = tid.equals(relay.server()) ? relay.listener() : faces.get(tid);
        if (face == null) {
            face = relay.open(relay.besideListener(), (reply, from, moment) -> {
                if (from.equals(client)) {
                    passUp(reply, tid, moment);
                }
            });
            faces.put(tid, face);
        }
        DatagramChannel through = face;
        if (relay.passes(now, relay.downCounter())) {
            down.enter(datagram, now, exit(through, client, relay.downCounter()));
        }
    }

    private void passUp(byte[] datagram, InetSocketAddress to, long now) {
        usedAt = now;
        if (relay.passes(now, relay.upCounter())) {
            up.enter(datagram, now, exit(outside, to, relay.upCounter()));
        }
    }

    private Impairment.Exit exit(DatagramChannel through, InetSocketAddress to, DatagramCounter counter) {
        return new Impairment.Exit() {
            @Override
            public void leave(byte[] datagram, long moment) {
                relay.send(datagram, moment, through, to, counter);
            }

            @Override
            public void later(long moment, Runnable action) {
                relay.later(moment, action);
            }
        };
    }

    /** Returns the nanoseconds since the last datagram of either direction. */
    long idle(long now) {
        return now - usedAt;
    }

    void close() throws IOException {
        outside.close();
        for (DatagramChannel face : faces.values()) {
            face.close();
        }
    }
}
