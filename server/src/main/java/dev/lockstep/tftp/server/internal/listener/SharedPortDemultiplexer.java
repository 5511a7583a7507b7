package dev.lockstep.tftp.server.internal.listener;

import dev.lockstep.tftp.codec.TftpOpcode;
import dev.lockstep.tftp.concurrent.EventLoop;
import dev.lockstep.tftp.server.internal.session.TransferKey;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DatagramPacket;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Passes the datagrams of transfers without a socket of their own to their channels, and requests and unknown datagrams
 * to the next handler. Peers are distinguished by address and port. Finished transfers are remembered for 12 s, so that
 * late datagrams are dropped instead of answered with ERROR 5. Replies to the datagrams of one read are flushed
 * together. Its event loop is the listener's.
 */
@EventLoop
final class SharedPortDemultiplexer extends ChannelDuplexHandler {
    /**
     * Time for which finished transfers are remembered, in nanoseconds. A peer that retransmits after its timeout has
     * done so by then.
     */
    private static final long REMEMBERED = TimeUnit.SECONDS.toNanos(12);

    private static final int FLUSH_BYTES = 16 * 1024;
    private static final int MAX_REMEMBERED = 4096;

    private final Map<TransferKey, SharedPortDemultiplexer> owners;
    private final Map<TransferKey, PeerChannel> peers = new HashMap<>();
    private final Map<TransferKey, Long> ended = new LinkedHashMap<>();
    private ChannelHandlerContext ctx;
    private PeerChannel reader;
    private boolean reading;
    private boolean flushPending;
    private boolean retired;

    /**
     * Creates a demultiplexer.
     *
     * @param owners the socket that serves each peer, of all sockets of the server
     */
    SharedPortDemultiplexer(Map<TransferKey, SharedPortDemultiplexer> owners) {
        this.owners = owners;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
    }

    /**
     * Adds the channel of a transfer, until it is closed. An earlier transfer of the same peer receives nothing more.
     */
    void add(TransferKey key, PeerChannel peer) {
        peers.put(key, peer);
        owners.put(key, this);
        ended.remove(key);
        peer.closeFuture().addListener(closed -> onClosed(key, peer));
    }

    /**
     * Passes a datagram to the transfer it belongs to. Where sockets are bound or closed, the kernel may deliver the
     * datagrams of one peer to different sockets.
     */
    @Override
    public void channelRead(ChannelHandlerContext context, Object msg) {
        DatagramPacket packet = (DatagramPacket) msg;
        reading = true;
        if (owners.isEmpty() && ended.isEmpty()) {
            ctx.fireChannelRead(packet);
            return;
        }
        TransferKey key = TransferKey.of(packet);
        PeerChannel peer = peers.get(key);
        SharedPortDemultiplexer owner = peer == null ? owners.get(key) : this;
        if (owner != null && owner != this) {
            Channel to = owner.ctx.channel();
            to.eventLoop().execute(() -> {
                to.pipeline().fireChannelRead(packet);
                to.pipeline().fireChannelReadComplete();
            });
        } else if (isRequest(packet.content()) || peer == null && !hasEnded(key)) {
            ctx.fireChannelRead(packet);
        } else if (peer != null && peer.isActive()) {
            deliver(packet, peer);
        } else {
            packet.release();
        }
    }

    private void deliver(DatagramPacket packet, PeerChannel peer) {
        if (reader != peer) {
            completeReader();
            reader = peer;
        }
        peer.pipeline().fireChannelRead(packet);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        completeReader();
        reading = false;
        if (flushPending) {
            flushPending = false;
            ctx.flush();
        }
        ctx.fireChannelReadComplete();
    }

    private void completeReader() {
        if (reader != null) {
            reader.pipeline().fireChannelReadComplete();
            reader = null;
        }
    }

    /** Returns the context from which the channels of transfers write to the socket. */
    ChannelHandlerContext context() {
        return ctx;
    }

    /**
     * Flushes written datagrams, at once or, if they are few, together with the replies to the other datagrams of the
     * same read. So many ACKs and small blocks are sent in one system call, while a burst is not delayed.
     */
    @Override
    public void flush(ChannelHandlerContext context) {
        ChannelOutboundBuffer waiting = ctx.channel().unsafe().outboundBuffer();
        if (reading && waiting != null && waiting.totalPendingWriteBytes() < FLUSH_BYTES) {
            flushPending = true;
        } else {
            ctx.flush();
        }
    }

    /** Closes the socket, at once or when the last transfer has ended. */
    void closeWhenUnused() {
        retired = true;
        if (peers.isEmpty()) {
            ctx.channel().close();
        }
    }

    private void onClosed(TransferKey key, PeerChannel peer) {
        if (peers.remove(key, peer)) {
            owners.remove(key, this);
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

    private boolean hasEnded(TransferKey key) {
        Long at = ended.get(key);
        return at != null && now() - at <= REMEMBERED;
    }

    private long now() {
        return ctx.executor().ticker().nanoTime();
    }

    private static boolean isRequest(ByteBuf content) {
        return content.readableBytes() >= Short.BYTES
                && content.getUnsignedShort(content.readerIndex()) <= TftpOpcode.WRQ;
    }
}
