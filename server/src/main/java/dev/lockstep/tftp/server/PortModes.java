package dev.lockstep.tftp.server;

import dev.lockstep.tftp.concurrent.EventLoop;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import java.net.InetSocketAddress;

/** Chooses the port mode of a client. */
@EventLoop
@ThreadSafe
@FunctionalInterface
public interface PortModes {
    /**
     * Returns the port mode of a client. Called for requests and for datagrams that belong to no transfer.
     *
     * @param peer the address and port of the client
     * @return the mode, never null
     */
    PortMode forPeer(InetSocketAddress peer);
}
