package dev.lockstep.tftp.server.internal.session;

import io.netty.channel.socket.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Identifies a transfer by the peer and the local address that the request was sent to. A request to another local
 * address is another request.
 *
 * @param asked the local address
 */
public record TransferKey(InetSocketAddress peer, InetAddress asked) {
    public static TransferKey of(DatagramPacket packet) {
        return new TransferKey(packet.sender(), packet.recipient().getAddress());
    }
}
