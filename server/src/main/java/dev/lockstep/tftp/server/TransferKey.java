package dev.lockstep.tftp.server;

import io.netty.channel.socket.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Who asks, and which of this machine's addresses: a request to another one is another request. */
record TransferKey(InetSocketAddress peer, InetAddress asked) {
    static TransferKey of(DatagramPacket packet) {
        return new TransferKey(packet.sender(), packet.recipient().getAddress());
    }
}
