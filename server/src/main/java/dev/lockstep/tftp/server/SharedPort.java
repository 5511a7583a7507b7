package dev.lockstep.tftp.server;

import dev.lockstep.tftp.channel.Transport;
import dev.lockstep.tftp.channel.UnknownTidResponder;
import dev.lockstep.tftp.codec.TftpCodec;
import dev.lockstep.tftp.codec.TftpMessage;
import dev.lockstep.tftp.transfer.TftpException;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * The listening socket as the wire of transfers, for the clients that are to see one port only. Peers are told apart
 * by address and port. Whose transfer has ended is remembered a while, so that a late datagram of it is not taken for
 * a stranger's. What is answered while the socket is being read leaves together. On the listener's event loop.
 */
final class SharedPort {
    /** A peer that resends after its timeout will have done so by then. */
    private static final long REMEMBERED = TimeUnit.SECONDS.toNanos(12);

    private static final int MANY_OCTETS = 16 * 1024;
    private static final int MOST_REMEMBERED = 4096;
    private static final int OPCODE_LENGTH = 2;
    private static final int LAST_REQUEST_OPCODE = 2;

    private final Channel listener;
    private final Transport transport;
    private final Map<TransferKey, SharedPort> sharedPortOwners;
    private final UnknownTidResponder strangers = new UnknownTidResponder();
    private final Map<TransferKey, PeerChannel> peers = new HashMap<>();
    private final Map<TransferKey, Long> ended = new LinkedHashMap<>();
    private PeerChannel reader;
    private boolean reading;
    private boolean flushAsked;
    private boolean retired;

    SharedPort(Channel listener, Transport transport, Map<TransferKey, SharedPort> sharedPortOwners) {
        this.listener = listener;
        this.transport = transport;
        this.sharedPortOwners = sharedPortOwners;
    }

    Channel listener() {
        return listener;
    }

    /** Opens the channel of a transfer; a transfer of the same peer that was there gets nothing more. */
    ChannelFuture open(TransferKey ends, ChannelHandler handler) {
        PeerChannel peer = new PeerChannel(this, ends);
        peers.put(ends, peer);
        sharedPortOwners.put(ends, this);
        ended.remove(ends);
        peer.closeFuture().addListener(closed -> onClosed(ends, peer));
        return new Bootstrap()
                .group(listener.eventLoop())
                .disableResolver()
                .channelFactory(() -> peer)
                .handler(handler)
                .connect(ends.peer());
    }

    /**
     * Gives a datagram to the transfer it belongs to; false for a request, and if there never was such a transfer.
     * Where sockets come or go, the kernel may give a peer's next datagram to another one than its last.
     */
    boolean deliver(DatagramPacket packet) {
        reading = true;
        if (sharedPortOwners.isEmpty() && ended.isEmpty()) {
            return false;
        }
        TransferKey ends = TransferKey.of(packet);
        PeerChannel peer = peers.get(ends);
        if (peer == null) {
            return passOn(ends, packet) || !isRequest(packet.content()) && wasThere(ends);
        }
        if (isRequest(packet.content())) {
            return false;
        }
        if (peer.isActive()) {
            if (reader != peer) {
                completeReader();
                reader = peer;
            }
            peer.pipeline().fireChannelRead(packet.retain());
        }
        return true;
    }

    private boolean passOn(TransferKey ends, DatagramPacket packet) {
        SharedPort home = sharedPortOwners.get(ends);
        if (home == null || home == this) {
            return false;
        }
        packet.retain();
        home.listener.eventLoop().execute(() -> {
            home.listener.pipeline().fireChannelRead(packet);
            home.listener.pipeline().fireChannelReadComplete();
        });
        return true;
    }

    /** The socket has nothing more to read for now. */
    void readComplete() {
        completeReader();
        reading = false;
        if (flushAsked) {
            flushAsked = false;
            listener.flush();
        }
    }

    private void completeReader() {
        if (reader != null) {
            reader.pipeline().fireChannelReadComplete();
            reader = null;
        }
    }

    /**
     * Sends what was written, at once or, if it is little, with what else is answered to the datagrams that are being
     * read: many ACKs and small blocks leave in one system call, while a burst does not wait.
     */
    void flush() {
        ChannelOutboundBuffer waiting = listener.unsafe().outboundBuffer();
        if (reading && waiting != null && waiting.totalPendingWriteBytes() < MANY_OCTETS) {
            flushAsked = true;
        } else {
            listener.flush();
        }
    }

    /** Answers somebody who has no part in any transfer. */
    void turnAway(ChannelHandlerContext ctx, TftpMessage message, InetSocketAddress sender) {
        strangers.turnAway(ctx, message, sender);
    }

    /** Says no from the listening port. */
    void refuse(InetSocketAddress peer, TftpException refusal) {
        ByteBuf error = TftpCodec.encode(refusal.toMessage(), listener.alloc());
        listener.write(new DatagramPacket(error, peer), listener.voidPromise());
        flush();
    }

    /** Closes the socket, at once or when the last transfer is over. */
    void closeWhenUnused() {
        retired = true;
        if (peers.isEmpty()) {
            listener.close();
        }
    }

    /** Finds the MTU of the path to a peer, by a socket that is connected to it and sends nothing. */
    void measurePath(TransferKey ends, IntConsumer mtu) {
        Bootstrap probe = new Bootstrap()
                .group(listener.eventLoop())
                .disableResolver()
                .channelFactory(transport.socketsFor(ends.asked()))
                .handler(new ChannelInboundHandlerAdapter());
        probe.connect(ends.peer(), new InetSocketAddress(ends.asked(), 0)).addListener((ChannelFuture connected) -> {
            if (connected.isSuccess()) {
                mtu.accept(transport.pathMtu((DatagramChannel) connected.channel()));
                connected.channel().close();
            } else {
                mtu.accept(Transport.ETHERNET_MTU);
            }
        });
    }

    private void onClosed(TransferKey ends, PeerChannel peer) {
        if (peers.remove(ends, peer)) {
            sharedPortOwners.remove(ends, this);
            ended.put(ends, now());
            Iterator<Long> oldest = ended.values().iterator();
            while (now() - oldest.next() > REMEMBERED || ended.size() > MOST_REMEMBERED) {
                oldest.remove();
            }
        }
        if (retired) {
            closeWhenUnused();
        }
    }

    private boolean wasThere(TransferKey ends) {
        Long at = ended.get(ends);
        return at != null && now() - at <= REMEMBERED;
    }

    private long now() {
        return listener.eventLoop().ticker().nanoTime();
    }

    private static boolean isRequest(ByteBuf content) {
        return content.readableBytes() >= OPCODE_LENGTH
                && content.getUnsignedShort(content.readerIndex()) <= LAST_REQUEST_OPCODE;
    }
}
