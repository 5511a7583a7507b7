package dev.lockstep.tftp.server.internal.session;

import io.netty.channel.AddressedEnvelope;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Identifies a transfer by the peer and the local address that the request was sent to. A request to another local
 * address is another request.
 *
 * @param asked the local address
 */
public record TransferKey(InetSocketAddress peer, InetAddress asked) {
    /** Returns the key of the transfer to which a datagram or its message may belong. */
    public static TransferKey of(AddressedEnvelope<?, ?> datagram) {
        InetSocketAddress recipient = (InetSocketAddress) datagram.recipient();
        return new TransferKey((InetSocketAddress) datagram.sender(), recipient.getAddress());
    }
}
