package dev.lockstep.tftp.server;

import dev.lockstep.tftp.channel.TransferContext;
import dev.lockstep.tftp.channel.Transport;
import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.MalformedMessageException;
import dev.lockstep.tftp.codec.TftpCodec;
import dev.lockstep.tftp.codec.TftpMessage;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.transfer.TftpException;
import dev.lockstep.tftp.transfer.TransferEvent;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads requests, and only reads: an answer from the well-known port would feed a spoofer. Each request of a new peer
 * gets a child channel on this listener's event loop; one that is repeated joins the child that is there.
 */
final class ListenerHandler extends ChannelInboundHandlerAdapter {
    private final ServerConfig config;
    private final TransferContext context;
    private final Transport transport;
    private final Admission admission;
    private final BroadcastAddresses broadcasts;
    private final Map<Ends, Child> children = new HashMap<>();
    private ChildBootstrap bootstrap;
    private Refusals refusals;

    /** Who asks, and which of this machine's addresses: a request to another one is another request. */
    private record Ends(InetSocketAddress peer, InetAddress asked) {}

    ListenerHandler(
            ServerConfig config,
            TransferContext context,
            Transport transport,
            Admission admission,
            BroadcastAddresses broadcasts) {
        this.config = config;
        this.context = context;
        this.transport = transport;
        this.admission = admission;
        this.broadcasts = broadcasts;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        bootstrap = new ChildBootstrap(ctx.channel().eventLoop(), transport, config.taps());
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        InetAddress listening = ((InetSocketAddress) ctx.channel().localAddress()).getAddress();
        refusals = new Refusals(ctx.channel().eventLoop(), transport, bootstrap, listening);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        refusals.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        DatagramPacket packet = (DatagramPacket) msg;
        try {
            if (broadcasts.contains(packet.recipient().getAddress())) {
                drop(packet, "sent to a broadcast or multicast address");
            } else {
                onDatagram(ctx.channel().eventLoop(), packet);
            }
        } finally {
            packet.release();
        }
    }

    private void onDatagram(EventLoop loop, DatagramPacket packet) {
        InetAddress asked = packet.recipient().getAddress();
        try {
            TftpMessage message = TftpCodec.decode(packet.content(), config.strictness());
            if (message instanceof Request request) {
                onRequest(loop, request, packet.sender(), asked);
            } else {
                drop(packet, "not a request");
            }
            ReferenceCountUtil.release(message);
        } catch (MalformedMessageException malformed) {
            if (malformed.isRequest()) {
                TftpException refusal = new TftpException(ErrorCode.ILLEGAL_OPERATION, malformed.getMessage());
                refuse(packet.sender(), asked, null, refusal);
            } else {
                drop(packet, malformed.getMessage());
            }
        }
    }

    private void onRequest(EventLoop loop, Request request, InetSocketAddress peer, InetAddress asked) {
        long now = loop.ticker().nanoTime();
        Ends ends = new Ends(peer, asked);
        Child live = children.get(ends);
        if (live != null && live.isRepeatedBy(request, now)) {
            live.repeat();
            return;
        }
        if (live != null) {
            live.replace();
        }
        context.listener().on(new TransferEvent.Requested(peer, request));
        Treatment treatment;
        try {
            treatment = config.policy().treat(request, peer);
            admission.enter(peer.getAddress());
        } catch (TftpException refusal) {
            refuse(peer, asked, request, refusal);
            return;
        }
        Child child = new Child(peer, request, now, admission);
        children.put(ends, child);
        ServerHandshake handshake = new ServerHandshake(child, treatment, context, transport);
        bootstrap.open(
                child,
                asked,
                handshake,
                failure -> loop.execute(() -> onNoChannel(ends, child, failure)),
                () -> forget(ends, child));
    }

    /** The machine gives no socket for a transfer. */
    private void onNoChannel(Ends ends, Child child, Throwable failure) {
        forget(ends, child);
        TftpException cause = new TftpException(ErrorCode.NOT_DEFINED, "server is out of sockets, try again", failure);
        refuse(child.peer(), ends.asked, child.request(), cause);
    }

    private void forget(Ends ends, Child child) {
        children.remove(ends, child);
        child.leave();
        refusals.onSocketClosed();
    }

    private void refuse(InetSocketAddress peer, InetAddress asked, Request request, TftpException refusal) {
        context.listener().on(new TransferEvent.Refused(peer, request, refusal));
        refusals.refuse(peer, asked, refusal);
    }

    private void drop(DatagramPacket packet, String reason) {
        context.listener().on(new TransferEvent.Dropped(packet.sender(), reason));
    }

    /** Ends what is still running, and tells the peers. On the event loop. */
    void cancelAll(TftpException cause) {
        List.copyOf(children.values()).forEach(child -> child.cancel(cause));
    }
}
