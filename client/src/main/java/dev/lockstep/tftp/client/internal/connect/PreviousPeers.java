package dev.lockstep.tftp.client.internal.connect;

import dev.lockstep.tftp.concurrent.ThreadSafe;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The last two TIDs that sent something to each local port. A server whose last ACK was lost retransmits the last block
 * for seconds. One that receives a request again after its transfer has ended starts another transfer from a new port.
 * If the local port is reused meanwhile, that block, or an OACK, must not be taken for the reply to a new request.
 */
@ThreadSafe
public final class PreviousPeers {
    private final Map<SocketAddress, List<InetSocketAddress>> peers = new ConcurrentHashMap<>();

    /** Records the peer of a transfer on this channel, or the sender of a late datagram. */
    void add(Channel channel, InetSocketAddress peer) {
        peers.merge(
                channel.localAddress(),
                List.of(peer),
                (known, added) -> known.get(0).equals(peer) ? known : List.of(peer, known.get(0)));
    }

    /**
     * Returns the last peers of this channel's port, without the address to which requests are sent: a server in
     * single-port mode ends the previous transfer at the new request.
     */
    List<InetSocketAddress> of(Channel channel, InetSocketAddress server) {
        List<InetSocketAddress> known = peers.getOrDefault(channel.localAddress(), List.of());
        return known.contains(server)
                ? known.stream().filter(peer -> !peer.equals(server)).toList()
                : known;
    }
}
