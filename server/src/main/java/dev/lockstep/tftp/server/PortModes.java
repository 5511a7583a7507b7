package dev.lockstep.tftp.server;

import java.net.InetSocketAddress;

/** Chooses the port mode of a client. Called on several event loops at once; it must not block. */
@FunctionalInterface
public interface PortModes {
    /**
     * Returns the port mode of a client. Called for requests and for datagrams that belong to no transfer.
     *
     * @return the mode, never null
     */
    PortMode forPeer(InetSocketAddress peer);
}
