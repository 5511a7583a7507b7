package dev.lockstep.tftp.server.internal.listener;

import dev.lockstep.tftp.codec.TftpCodec;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage;
import dev.lockstep.tftp.concurrent.EventLoop;
import dev.lockstep.tftp.internal.channel.UnknownTidResponder;
import dev.lockstep.tftp.internal.transport.Transport;
import dev.lockstep.tftp.server.internal.session.TransferKey;
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
 * The listening socket as the transport of transfers, for clients that are to see one port only. Peers are
 * distinguished by address and port. Finished transfers are remembered for 12 s, so that late datagrams are dropped
 * instead of answered with ERROR 5. Replies to the datagrams of one read are flushed together. Its event loop is the
 * listener's.
 */
@EventLoop
public final class SharedPort {
    /**
     * Time for which finished transfers are remembered, in nanoseconds. A peer that retransmits after its timeout has
     * done so by then.
     */
    private static final long REMEMBERED = TimeUnit.SECONDS.toNanos(12);

    private static final int FLUSH_BYTES = 16 * 1024;
    private static final int MAX_REMEMBERED = 4096;
    private static final int OPCODE_LENGTH = 2;
    private static final int LAST_REQUEST_OPCODE = 2;

    private final Channel listener;
    private final Transport transport;
    private final Map<TransferKey, SharedPort> sharedPortOwners;
    private final UnknownTidResponder unknownTids = new UnknownTidResponder();
    private final Map<TransferKey, PeerChannel> peers = new HashMap<>();
    private final Map<TransferKey, Long> ended = new LinkedHashMap<>();
    private PeerChannel reader;
    private boolean reading;
    private boolean flushPending;
    private boolean retired;

    SharedPort(Channel listener, Transport transport, Map<TransferKey, SharedPort> sharedPortOwners) {
        this.listener = listener;
        this.transport = transport;
        this.sharedPortOwners = sharedPortOwners;
    }

    public Channel listener() {
        return listener;
    }

    /**
     * Opens the channel of a transfer. An earlier transfer of the same peer receives nothing more.
     *
     * @param handler the handler of the new channel
     * @return completes when the channel is connected
     */
    public ChannelFuture open(TransferKey key, ChannelHandler handler) {
        PeerChannel peer = new PeerChannel(this, key);
        peers.put(key, peer);
        sharedPortOwners.put(key, this);
        ended.remove(key);
        peer.closeFuture().addListener(closed -> onClosed(key, peer));
        return new Bootstrap()
                .group(listener.eventLoop())
                .disableResolver()
                .channelFactory(() -> peer)
                .handler(handler)
                .connect(key.peer());
    }

    /**
     * Passes a datagram to the transfer it belongs to. Where sockets are bound or closed, the kernel may deliver the
     * datagrams of one peer to different sockets.
     *
     * @param packet stays owned by the caller
     * @return false for a request, and if there was no such transfer recently
     */
    boolean deliver(DatagramPacket packet) {
        reading = true;
        if (sharedPortOwners.isEmpty() && ended.isEmpty()) {
            return false;
        }
        TransferKey key = TransferKey.of(packet);
        PeerChannel peer = peers.get(key);
        if (peer == null) {
            return passOn(key, packet) || !isRequest(packet.content()) && wasThere(key);
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

    private boolean passOn(TransferKey key, DatagramPacket packet) {
        SharedPort owner = sharedPortOwners.get(key);
        if (owner == null || owner == this) {
            return false;
        }
        packet.retain();
        owner.listener.eventLoop().execute(() -> {
            owner.listener.pipeline().fireChannelRead(packet);
            owner.listener.pipeline().fireChannelReadComplete();
        });
        return true;
    }

    /** Called when the socket has nothing more to read for now. */
    void readComplete() {
        completeReader();
        reading = false;
        if (flushPending) {
            flushPending = false;
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
     * Flushes written datagrams, at once or, if they are few, together with the replies to the other datagrams of the
     * same read. So many ACKs and small blocks are sent in one system call, while a burst is not delayed.
     */
    void flush() {
        ChannelOutboundBuffer waiting = listener.unsafe().outboundBuffer();
        if (reading && waiting != null && waiting.totalPendingWriteBytes() < FLUSH_BYTES) {
            flushPending = true;
        } else {
            listener.flush();
        }
    }

    /**
     * Answers a message that belongs to no transfer with ERROR 5, within the rate limit for such replies.
     *
     * @param sender the source address of the message
     */
    void respondUnknownTid(ChannelHandlerContext ctx, TftpMessage message, InetSocketAddress sender) {
        unknownTids.respond(ctx, message, sender);
    }

    /**
     * Sends an ERROR from the listening port.
     *
     * @param refusal the ERROR to send
     */
    void refuse(InetSocketAddress peer, TftpException refusal) {
        ByteBuf error = TftpCodec.encode(refusal.toMessage(), listener.alloc());
        listener.write(new DatagramPacket(error, peer), listener.voidPromise());
        flush();
    }

    /** Closes the socket, at once or when the last transfer has ended. */
    void closeWhenUnused() {
        retired = true;
        if (peers.isEmpty()) {
            listener.close();
        }
    }

    /**
     * Determines the path MTU to a peer, with a socket that is connected to it and sends nothing.
     *
     * @param mtu receives the MTU in bytes, on the event loop
     */
    void measurePath(TransferKey key, IntConsumer mtu) {
        Bootstrap probe = new Bootstrap()
                .group(listener.eventLoop())
                .disableResolver()
                .channelFactory(transport.socketsFor(key.asked()))
                .handler(new ChannelInboundHandlerAdapter());
        probe.connect(key.peer(), new InetSocketAddress(key.asked(), 0)).addListener((ChannelFuture connected) -> {
            if (connected.isSuccess()) {
                mtu.accept(transport.pathMtu((DatagramChannel) connected.channel()));
                connected.channel().close();
            } else {
                mtu.accept(Transport.ETHERNET_MTU);
            }
        });
    }

    private void onClosed(TransferKey key, PeerChannel peer) {
        if (peers.remove(key, peer)) {
            sharedPortOwners.remove(key, this);
            ended.put(key, now());
            Iterator<Long> oldest = ended.values().iterator();
            while (now() - oldest.next() > REMEMBERED || ended.size() > MAX_REMEMBERED) {
                oldest.remove();
            }
        }
        if (retired) {
            closeWhenUnused();
        }
    }

    private boolean wasThere(TransferKey key) {
        Long at = ended.get(key);
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
