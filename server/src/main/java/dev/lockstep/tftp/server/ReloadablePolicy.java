package dev.lockstep.tftp.server;

import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.transfer.TftpException;
import java.net.InetSocketAddress;

/** A policy that can be replaced by another one as a whole: for requests that come later, never for what runs. */
public final class ReloadablePolicy<P extends RequestPolicy & PortModes> implements RequestPolicy, PortModes {
    private volatile P current;

    /** Begins with that one. */
    public ReloadablePolicy(P first) {
        current = first;
    }

    /** From now on that one. */
    public void replace(P next) {
        current = next;
    }

    @Override
    public RequestSettings resolve(Request request, InetSocketAddress peer) throws TftpException {
        return current.resolve(request, peer);
    }

    @Override
    public PortMode forPeer(InetSocketAddress peer) {
        return current.forPeer(peer);
    }
}
