package dev.lockstep.tftp.server;

import java.net.InetSocketAddress;

/** Chooses the port mode for a client. Asked on the event loops, several of them at once: it must not block. */
@FunctionalInterface
public interface PortModes {
    /** The port mode for that client, whether it sends a request or what belongs to no transfer. */
    PortMode forPeer(InetSocketAddress peer);
}
