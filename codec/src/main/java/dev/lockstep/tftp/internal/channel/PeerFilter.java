package dev.lockstep.tftp.internal.channel;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;

/**
 * Restricts an unconnected socket to one peer. Datagrams of the peer are passed on. Others go to an {@link
 * UnknownTidResponder} and no further.
 */
public final class PeerFilter extends ChannelDuplexHandler {
    private final InetSocketAddress peer;
    private final UnknownTidResponder unknownTids = new UnknownTidResponder();

    /** Creates a filter that passes the datagrams of one address and port. */
    public PeerFilter(InetSocketAddress peer) {
        this.peer = peer;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (!(msg instanceof DatagramPacket packet) || packet.sender().equals(peer)) {
            ctx.fireChannelRead(msg);
            return;
        }
        unknownTids.respond(ctx, packet);
        packet.release();
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        ctx.write(msg instanceof ByteBuf bytes ? new DatagramPacket(bytes, peer) : msg, promise);
    }
}
