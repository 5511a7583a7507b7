package dev.lockstep.tftp.server;

import io.netty.channel.socket.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Identifies a transfer by the peer and the local address that the request was sent to. A request to another local
 * address is another request.
 *
 * @param asked the local address
 */
record TransferKey(InetSocketAddress peer, InetAddress asked) {
    static TransferKey of(DatagramPacket packet) {
        return new TransferKey(packet.sender(), packet.recipient().getAddress());
    }
}
