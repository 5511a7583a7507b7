package dev.lockstep.tftp.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;

/**
 * Stands next to the wire of a child until its peer has said something from its own address, and till then lets little
 * out: the first message, few repeats of it, one for each request that came again, and an ERROR. All of it is paid for
 * from the peer's buckets, which get it back when the peer answers.
 */
final class AmplificationLimiter extends ChannelDuplexHandler {
    /** Of what is as short as a request. */
    private static final int REPEATS = 3;
    /** Of DATA, ten times a request. Who waits for it repeats its request or its ACK. */
    private static final int REPEATS_OF_DATA = 2;

    private static final int DATA = 3;
    private static final int ERROR = 5;

    private final ServerTransfer child;
    private final ReplyBudget buckets;
    private final UnvalidatedTransfers unvalidated;
    private long paid;
    private int left;
    private boolean spoken;

    AmplificationLimiter(ServerTransfer child, ReplyBudget buckets, UnvalidatedTransfers unvalidated) {
        this.child = child;
        this.buckets = buckets;
        this.unvalidated = unvalidated;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        child.openedThrough(ctx.channel(), this);
    }

    /** The request came again and may be answered again. */
    void onRequestRepeated() {
        left++;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        unvalidated.remove(child);
        buckets.answered(address(), paid, ctx.executor().ticker().nanoTime());
        ctx.pipeline().remove(this);
        ctx.fireChannelRead(msg);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (msg instanceof ByteBuf datagram
                && !mayGo(datagram, ctx.executor().ticker().nanoTime())) {
            ReferenceCountUtil.release(msg);
            promise.trySuccess(); // as lost on the way
        } else {
            ctx.write(msg, promise);
        }
    }

    private boolean mayGo(ByteBuf datagram, long now) {
        int opcode = datagram.getUnsignedShort(datagram.readerIndex());
        if (!spoken) {
            spoken = true;
            unvalidated.speaks(child, now);
            left += 1 + (opcode == DATA ? REPEATS_OF_DATA : REPEATS);
        }
        if (opcode != ERROR && left == 0) {
            return false;
        }
        left = Math.max(0, left - 1);
        int octets = ReplyBudget.HEADERS + datagram.readableBytes();
        if (!buckets.tryTake(address(), octets, now)) {
            return false;
        }
        paid += octets;
        return true;
    }

    private InetAddress address() {
        return child.peer().getAddress();
    }
}
