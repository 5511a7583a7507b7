package dev.lockstep.tftp.client.internal.connect;

import dev.lockstep.tftp.concurrent.ThreadSafe;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The TID of the last peer of each local port. A server whose last ACK was lost retransmits the last block for seconds.
 * If the port is reused meanwhile, that block, or an OACK, must not be taken for the reply to a new request.
 */
@ThreadSafe
public final class PreviousPeers {
    private final Map<SocketAddress, InetSocketAddress> peers = new ConcurrentHashMap<>();

    /** Records the peer of a transfer on this channel. */
    void add(Channel channel, InetSocketAddress peer) {
        peers.put(channel.localAddress(), peer);
    }

    /**
     * Returns the last peer of this channel's port. Returns null if there is none, or if it is the address to which
     * requests are sent: a server in single-port mode ends the previous transfer at the new request.
     */
    InetSocketAddress of(Channel channel, InetSocketAddress server) {
        InetSocketAddress peer = peers.get(channel.localAddress());
        return server.equals(peer) ? null : peer;
    }
}
