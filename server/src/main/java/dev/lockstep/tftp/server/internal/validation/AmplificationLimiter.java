package dev.lockstep.tftp.server.internal.validation;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;

/** Drops what must not be sent to an unvalidated peer. Removes itself when a datagram is received from the peer. */
public final class AmplificationLimiter extends ChannelDuplexHandler {
    private final PeerValidation peer;

    public AmplificationLimiter(PeerValidation peer) {
        this.peer = peer;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        peer.validated(ctx.executor().ticker().nanoTime());
        ctx.pipeline().remove(this);
        ctx.fireChannelRead(msg);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (msg instanceof ByteBuf datagram
                && !peer.tryChargeMessage(
                        datagram.getUnsignedShort(datagram.readerIndex()),
                        datagram.readableBytes(),
                        ctx.executor().ticker().nanoTime())) {
            ReferenceCountUtil.release(msg);
            promise.trySuccess(); // as if the network had dropped it
        } else {
            ctx.write(msg, promise);
        }
    }
}
