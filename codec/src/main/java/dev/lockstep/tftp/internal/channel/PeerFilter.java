package dev.lockstep.tftp.internal.channel;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Restricts an unconnected socket to one peer. Datagrams of the peer are passed on. Others go to an {@link
 * UnknownTidResponder} and no further. Until the TID of the peer is known, the datagrams from any port of its address
 * are passed on.
 */
public final class PeerFilter extends ChannelDuplexHandler {
    private final UnknownTidResponder unknownTids = new UnknownTidResponder();
    private InetSocketAddress peer;
    private InetSocketAddress sender;
    private boolean restricted;
    private List<InetSocketAddress> previous = List.of();
    private boolean previousAnswered;

    /**
     * Creates a filter that passes the datagrams from all ports of one address.
     *
     * @param server the address, and the port to which requests are sent
     */
    public PeerFilter(InetSocketAddress server) {
        this.peer = server;
    }

    /** Returns the source of the datagram that is being read, before the filter is restricted to one TID. */
    public InetSocketAddress sender() {
        return sender;
    }

    /**
     * Treats the datagrams of some addresses and ports as those of unknown TIDs: they are late ones of previous
     * transfers on this port.
     *
     * @param tids the addresses and TIDs of the previous peers
     */
    public void exclude(List<InetSocketAddress> tids) {
        previous = tids;
    }

    /**
     * Called when the request is retransmitted. If a previous peer was answered with ERROR 5, its transfer is over, and
     * a server with few ports may use its TID for the reply.
     */
    public void onRequestRepeated() {
        if (previousAnswered) {
            previous = List.of();
        }
    }

    /**
     * Passes only the datagrams of one address and port from now on, to which datagrams are also sent.
     *
     * @param tid the address and TID of the peer
     */
    public void restrictTo(InetSocketAddress tid) {
        peer = tid;
        restricted = true;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (!(msg instanceof DatagramPacket packet) || admit(packet.sender())) {
            ctx.fireChannelRead(msg);
            return;
        }
        unknownTids.respond(ctx, packet);
        packet.release();
    }

    /** Records the source of a datagram while any TID is accepted. Returns whether the datagram is passed on. */
    private boolean admit(InetSocketAddress from) {
        if (restricted) {
            return from.equals(peer);
        }
        sender = from;
        if (previous.contains(from)) {
            previousAnswered = true;
            return false;
        }
        return from.getAddress().equals(peer.getAddress());
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        ctx.write(msg instanceof ByteBuf bytes ? new DatagramPacket(bytes, peer) : msg, promise);
    }
}
