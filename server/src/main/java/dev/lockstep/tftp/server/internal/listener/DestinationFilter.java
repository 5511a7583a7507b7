package dev.lockstep.tftp.server.internal.listener;

import dev.lockstep.tftp.event.DropReason;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.event.TransferListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetAddress;
import java.util.function.Predicate;

/** Drops datagrams that were sent to a broadcast or multicast address (RFC 1123, 4.2.3.5). */
@Sharable
final class DestinationFilter extends ChannelInboundHandlerAdapter {
    private final Predicate<InetAddress> isBroadcastOrMulticast;
    private final TransferListener listener;

    /**
     * Creates a filter.
     *
     * @param isBroadcastOrMulticast returns true for an address that stands for more than one host
     * @param listener receives an event for each dropped datagram
     */
    DestinationFilter(Predicate<InetAddress> isBroadcastOrMulticast, TransferListener listener) {
        this.isBroadcastOrMulticast = isBroadcastOrMulticast;
        this.listener = listener;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        DatagramPacket packet = (DatagramPacket) msg;
        if (isBroadcastOrMulticast.test(packet.recipient().getAddress())) {
            packet.release();
            listener.on(new TransferEvent.Dropped(packet.sender(), DropReason.BROADCAST_OR_MULTICAST));
        } else {
            ctx.fireChannelRead(packet);
        }
    }
}
