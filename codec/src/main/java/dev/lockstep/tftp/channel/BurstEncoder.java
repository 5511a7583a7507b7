package dev.lockstep.tftp.channel;

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
 * Frames a run of DATA written between two flushes into one contiguous buffer, and sends it as one segmented
 * datagram where the transport can: the kernel cuts it into datagrams after one walk through its stack. Where it
 * can't, or refuses it once (some devices and tunnels do), the same buffer leaves as slices, the refused one included.
 *
 * <p>The promise of a DATA is done once the DATA is framed: a datagram is never known to have arrived.
 */
final class BurstEncoder extends ChannelOutboundHandlerAdapter {
    private static final int MAX_SEGMENTS = 64;
    private static final int MAX_DATAGRAM = 65507;

    /** For one burst of an event loop that has no memory: if none were sent, nobody would ever be done and give some back. */
    private static final FastThreadLocal<ByteBuf> RESERVE = new FastThreadLocal<>() {
        @Override
        protected ByteBuf initialValue() {
            return Unpooled.directBuffer(MAX_DATAGRAM);
        }

        @Override
        protected void onRemoval(ByteBuf reserve) {
            reserve.release();
        }
    };

    private final InetSocketAddress peer;
    private final int datagram;
    private final int mostSegments;
    private boolean segments;
    private ByteBuf burst;
    private int framed;

    /**
     * An encoder for DATA of one transfer.
     *
     * @param blksize octets of all blocks but the last
     */
    BurstEncoder(InetSocketAddress peer, int blksize, int windowsize, boolean segments) {
        this.peer = peer;
        this.datagram = blksize + TftpCodec.DATA_HEADER;
        this.mostSegments = Math.max(1, Math.min(Math.min(MAX_SEGMENTS, windowsize), MAX_DATAGRAM / datagram));
        this.segments = segments;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (!(msg instanceof Data data)) {
            sendBurst(ctx);
            ctx.write(msg, promise);
            return;
        }
        if (burst == null && !beginBurst(ctx, data)) {
            data.release();
            promise.trySuccess(); // a lost datagram: the timer sends it again
            return;
        }
        TftpCodec.writeData(data, burst);
        boolean whole = data.content().readableBytes() == datagram - TftpCodec.DATA_HEADER;
        data.release();
        framed++;
        if (framed == mostSegments || !whole) {
            sendBurst(ctx);
        }
        promise.trySuccess();
    }

    private boolean beginBurst(ChannelHandlerContext ctx, Data first) {
        int one = first.content().readableBytes() + TftpCodec.DATA_HEADER;
        try {
            burst = ctx.alloc().directBuffer(mostSegments == 1 ? one : mostSegments * datagram);
        } catch (OutOfMemoryError e) {
            ByteBuf reserve = RESERVE.get();
            burst = reserve.refCnt() == 1 ? reserve.retain().clear() : null;
        }
        return burst != null;
    }

    /** While there is memory. */
    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        RESERVE.get();
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
            ByteBuf again = bytes.retainedDuplicate();
            ctx.write(new SegmentedDatagramPacket(bytes, datagram, peer)).addListener(sent -> {
                if (sent.isSuccess() || !ctx.channel().isActive()) {
                    again.release();
                } else {
                    segments = false;
                    sendSlices(ctx, again);
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
