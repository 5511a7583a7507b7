package dev.lockstep.tftp.server;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import java.net.InetSocketAddress;
import java.util.Set;

/**
 * A policy that can be replaced as a whole. A replacement applies to later requests, not to running transfers.
 *
 * @param <P> the type of the policies
 */
@ThreadSafe
public final class ReloadablePolicy<P extends RequestPolicy & PortModes> implements RequestPolicy, PortModes {
    private volatile P current;

    /**
     * Creates a policy that delegates to the given one.
     *
     * @param first the first policy
     */
    public ReloadablePolicy(P first) {
        current = first;
    }

    /**
     * Replaces the policy for requests that are received from now on.
     *
     * @param next the new policy
     */
    public void replace(P next) {
        current = next;
    }

    @Override
    public RequestSettings resolve(Request request, InetSocketAddress peer) throws TftpException {
        return current.resolve(request, peer);
    }

    @Override
    public String ruleOf(Request request, InetSocketAddress peer) {
        return current.ruleOf(request, peer);
    }

    @Override
    public Set<String> ruleNames() {
        return current.ruleNames();
    }

    @Override
    public PortMode forPeer(InetSocketAddress peer) {
        return current.forPeer(peer);
    }
}
