package dev.lockstep.tftp.relay;

import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * How a relay is to be.
 *
 * @param server where requests go
 * @param listen where clients ask; port 0 takes a free one
 * @param up the weather on the way to the server
 * @param down the weather on the way to the clients
 */
public record RelaySettings(
        InetSocketAddress server,
        InetSocketAddress listen,
        NetworkImpairment up,
        NetworkImpairment down,
        Blackout blackout,
        long seed) {
    static RelaySettings to(InetSocketAddress server) {
        InetSocketAddress listen = new InetSocketAddress(Relay.standInFor(server), 0);
        return new RelaySettings(server, listen, NetworkImpairment.CLEAR, NetworkImpairment.CLEAR, Blackout.NEVER, 1);
    }

    public RelaySettings listen(int port) {
        InetSocketAddress there = new InetSocketAddress(listen.getAddress(), port);
        return new RelaySettings(server, there, up, down, blackout, seed);
    }

    /** The same weather both ways. */
    public RelaySettings weather(NetworkImpairment both) {
        return new RelaySettings(server, listen, both, both, blackout, seed);
    }

    public RelaySettings weather(NetworkImpairment toServer, NetworkImpairment toClients) {
        return new RelaySettings(server, listen, toServer, toClients, blackout, seed);
    }

    public RelaySettings blackout(Blackout once) {
        return new RelaySettings(server, listen, up, down, once, seed);
    }

    public RelaySettings seed(long number) {
        return new RelaySettings(server, listen, up, down, blackout, number);
    }

    public Relay start() {
        try {
            return new Relay(this);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
