package dev.lockstep.tftp.channel;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.MalformedMessageException;
import dev.lockstep.tftp.codec.TftpCodec;
import dev.lockstep.tftp.codec.TftpMessage;
import dev.lockstep.tftp.codec.TftpMessage.ErrorMessage;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * Tells those who have no part in a transfer (RFC 1350, section 4). An ERROR is never answered, and of many strangers
 * one in {@link #PAUSE} is, so that two of these can't keep each other busy, nor be used to flood a third.
 */
public final class UnknownTidResponder {
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(100);

    private boolean answered;
    private long answeredAt;

    /** Answers with ERROR 5, or not at all. The packet's reference stays with the caller. */
    public void turnAway(ChannelHandlerContext ctx, DatagramPacket packet) {
        if (mayAnswer(ctx) && deservesAnswer(packet)) {
            answer(ctx, packet.sender());
        }
    }

    /** The same for a message that was read already. */
    public void turnAway(ChannelHandlerContext ctx, TftpMessage message, InetSocketAddress sender) {
        if (mayAnswer(ctx) && !(message instanceof ErrorMessage)) {
            answer(ctx, sender);
        }
    }

    private boolean mayAnswer(ChannelHandlerContext ctx) {
        return !answered || ctx.executor().ticker().nanoTime() - answeredAt >= PAUSE;
    }

    private void answer(ChannelHandlerContext ctx, InetSocketAddress sender) {
        answered = true;
        answeredAt = ctx.executor().ticker().nanoTime();
        ErrorMessage error = new ErrorMessage(ErrorCode.UNKNOWN_TID.number(), "unknown transfer ID");
        ctx.writeAndFlush(new DatagramPacket(TftpCodec.encode(error, ctx.alloc()), sender), ctx.voidPromise());
    }

    /** Whether an answer makes sense: TFTP, and no ERROR. */
    private static boolean deservesAnswer(DatagramPacket packet) {
        try {
            TftpMessage message = TftpCodec.decode(packet.content());
            ReferenceCountUtil.release(message);
            return !(message instanceof ErrorMessage);
        } catch (MalformedMessageException malformed) {
            return false;
        }
    }
}
