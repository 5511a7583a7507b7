package dev.lockstep.tftp.server.internal.validation;

import dev.lockstep.tftp.codec.TftpOpcode;
import dev.lockstep.tftp.server.internal.session.ServerTransfer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;

/**
 * TransferLimits what is sent to a peer before its address is validated (RFC 9000, section 8.1). Until a datagram is received
 * from the peer, it passes the first message, a few retransmissions of it, one reply to each duplicate request, and an
 * ERROR. All of it is charged to the peer's token buckets and returned to them when the peer replies.
 */
public final class AmplificationLimiter extends ChannelDuplexHandler {
    /** Retransmissions of an OACK or an ACK, which are as short as a request. */
    private static final int REPEATS = 3;
    /**
     * Retransmissions of DATA, which is ten times as long as a request. A client that waits for it retransmits its
     * request or its ACK.
     */
    private static final int REPEATS_OF_DATA = 2;

    private final ServerTransfer child;
    private final ReplyBudget buckets;
    private final UnvalidatedTransfers unvalidated;
    private long paid;
    private int remaining;
    private boolean firstMessageSent;

    public AmplificationLimiter(ServerTransfer child, ReplyBudget buckets, UnvalidatedTransfers unvalidated) {
        this.child = child;
        this.buckets = buckets;
        this.unvalidated = unvalidated;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        child.openedThrough(ctx.channel(), this);
    }

    /** Called when a duplicate of the request is received; allows one more reply. */
    public void onRequestRepeated() {
        remaining++;
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
                && !maySend(datagram, ctx.executor().ticker().nanoTime())) {
            ReferenceCountUtil.release(msg);
            promise.trySuccess(); // as if the network had dropped it
        } else {
            ctx.write(msg, promise);
        }
    }

    private boolean maySend(ByteBuf datagram, long now) {
        int opcode = datagram.getUnsignedShort(datagram.readerIndex());
        if (!firstMessageSent) {
            firstMessageSent = true;
            unvalidated.onFirstMessage(child, now);
            remaining += 1 + (opcode == TftpOpcode.DATA ? REPEATS_OF_DATA : REPEATS);
        }
        if (opcode != TftpOpcode.ERROR && remaining == 0) {
            return false;
        }
        remaining = Math.max(0, remaining - 1);
        int length = ReplyBudget.HEADERS + datagram.readableBytes();
        if (!buckets.tryTake(address(), length, now)) {
            return false;
        }
        paid += length;
        return true;
    }

    private InetAddress address() {
        return child.peer().getAddress();
    }
}
