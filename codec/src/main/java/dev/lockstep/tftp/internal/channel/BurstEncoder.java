package dev.lockstep.tftp.internal.channel;

import dev.lockstep.tftp.codec.TftpCodec;
import dev.lockstep.tftp.codec.TftpMessage.Data;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.unix.SegmentedDatagramPacket;
import io.netty.util.concurrent.FastThreadLocal;
import java.net.InetSocketAddress;

/**
 * Frames the DATA written between two flushes into one contiguous buffer and sends it as one segmented datagram if the
 * transport supports that: the kernel splits it into datagrams after one pass through its network stack. If the
 * transport does not support it, or a send fails once (some devices and tunnels refuse segmented datagrams), the buffer
 * is sent as slices, including the one that failed.
 *
 * <p>The promise of a DATA is completed when the DATA is framed, because delivery of a datagram is never confirmed.
 */
public final class BurstEncoder extends ChannelOutboundHandlerAdapter {
    private static final int MAX_SEGMENTS = 64;
    private static final int MAX_DATAGRAM = 65507;

    /**
     * The buffer for the bursts of an event loop. It is free again as soon as the socket has accepted the last burst.
     * So bursts are sent, and transfers end and release memory, even if no other memory is left.
     */
    private static final FastThreadLocal<ByteBuf> BUFFER = new FastThreadLocal<>() {
        @Override
        protected ByteBuf initialValue() {
            return Unpooled.directBuffer(MAX_DATAGRAM);
        }

        @Override
        protected void onRemoval(ByteBuf buffer) {
            buffer.release();
        }
    };

    private final InetSocketAddress peer;
    private final int datagram;
    private final int maxSegments;
    private boolean segments;
    private ByteBuf buffer;
    private ByteBuf burst;
    private int framed;

    /**
     * Creates an encoder for the DATA of one transfer.
     *
     * @param blksize bytes in all blocks but the last
     * @param segments whether bursts may be sent as segmented datagrams
     */
    public BurstEncoder(InetSocketAddress peer, int blksize, int windowsize, boolean segments) {
        this.peer = peer;
        this.datagram = blksize + TftpCodec.DATA_HEADER;
        this.maxSegments = Math.max(1, Math.min(Math.min(MAX_SEGMENTS, windowsize), MAX_DATAGRAM / datagram));
        this.segments = segments;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (!(msg instanceof Data data)) {
            sendBurst(ctx);
            ctx.write(msg, promise);
            return;
        }
        boolean whole;
        try {
            if (burst == null) {
                burst = beginBurst(ctx, data);
            }
            TftpCodec.writeData(data, burst);
            whole = data.content().readableBytes() == datagram - TftpCodec.DATA_HEADER;
        } finally {
            data.release();
        }
        framed++;
        if (framed == maxSegments || !whole) {
            sendBurst(ctx);
        }
        promise.trySuccess();
    }

    /**
     * Returns the buffer of the event loop, or another one if the socket has not accepted the last burst yet. An
     * OutOfMemoryError fails the promise, and the DATA counts as lost: the timer retransmits it.
     */
    private ByteBuf beginBurst(ChannelHandlerContext ctx, Data first) {
        if (buffer.refCnt() == 1) {
            return buffer.retain().clear();
        }
        int one = first.content().readableBytes() + TftpCodec.DATA_HEADER;
        return ctx.alloc().directBuffer(maxSegments == 1 ? one : maxSegments * datagram);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        buffer = BUFFER.get();
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        sendBurst(ctx);
        ctx.flush();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (burst != null) {
            burst.release();
            burst = null;
        }
    }

    private void sendBurst(ChannelHandlerContext ctx) {
        if (burst == null) {
            return;
        }
        ByteBuf bytes = burst;
        int count = framed;
        burst = null;
        framed = 0;
        if (count == 1) {
            ctx.write(bytes, ctx.voidPromise());
        } else if (segments) {
            ByteBuf retained = bytes.retainedDuplicate();
            ctx.write(new SegmentedDatagramPacket(bytes, datagram, peer)).addListener(sent -> {
                if (sent.isSuccess() || !ctx.channel().isActive()) {
                    retained.release();
                } else {
                    segments = false;
                    sendSlices(ctx, retained);
                    ctx.flush();
                }
            });
        } else {
            sendSlices(ctx, bytes);
        }
    }

    private void sendSlices(ChannelHandlerContext ctx, ByteBuf bytes) {
        while (bytes.isReadable()) {
            ctx.write(bytes.readRetainedSlice(Math.min(datagram, bytes.readableBytes())), ctx.voidPromise());
        }
        bytes.release();
    }
}
