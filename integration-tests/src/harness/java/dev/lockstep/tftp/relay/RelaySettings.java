package dev.lockstep.tftp.relay;

import dev.lockstep.tftp.testing.impairment.NetworkImpairment;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * The settings of a relay.
 *
 * @param server the address to which requests are sent
 * @param listen the address for the requests of clients; port 0 takes a free one
 * @param up the impairment of datagrams to the server
 * @param down the impairment of datagrams to the clients
 * @param blackout the period in which nothing passes
 * @param seed the seed of all decisions
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

    /** Returns these settings with the same impairment in both directions. */
    public RelaySettings impairment(NetworkImpairment both) {
        return new RelaySettings(server, listen, both, both, blackout, seed);
    }

    public RelaySettings impairment(NetworkImpairment toServer, NetworkImpairment toClients) {
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
