package dev.lockstep.tftp.internal.channel;

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
 * Answers datagrams from unknown transfer IDs (RFC 1350, section 4). An ERROR is never answered, and at most one
 * datagram in {@link #MIN_INTERVAL} is, so that two such programs cannot answer each other forever or be used to flood
 * a third party.
 */
public final class UnknownTidResponder {
    private static final long MIN_INTERVAL = TimeUnit.MILLISECONDS.toNanos(100);

    private boolean answered;
    private long answeredAt;

    /** Answers with ERROR 5, or not at all. The caller keeps its reference to the packet. */
    public void respond(ChannelHandlerContext ctx, DatagramPacket packet) {
        if (mayAnswer(ctx) && isAnswerable(packet)) {
            answer(ctx, packet.sender());
        }
    }

    /** Answers a message that has been decoded already with ERROR 5, or not at all. The caller keeps its reference. */
    public void respond(ChannelHandlerContext ctx, TftpMessage message, InetSocketAddress sender) {
        if (mayAnswer(ctx) && !(message instanceof ErrorMessage)) {
            answer(ctx, sender);
        }
    }

    private boolean mayAnswer(ChannelHandlerContext ctx) {
        return !answered || ctx.executor().ticker().nanoTime() - answeredAt >= MIN_INTERVAL;
    }

    private void answer(ChannelHandlerContext ctx, InetSocketAddress sender) {
        answered = true;
        answeredAt = ctx.executor().ticker().nanoTime();
        ErrorMessage error = new ErrorMessage(ErrorCode.UNKNOWN_TID.number(), "unknown transfer ID");
        ctx.writeAndFlush(new DatagramPacket(TftpCodec.encode(error, ctx.alloc()), sender), ctx.voidPromise());
    }

    /** Returns whether the packet may be answered: it is TFTP, and not an ERROR. */
    private static boolean isAnswerable(DatagramPacket packet) {
        try {
            TftpMessage message = TftpCodec.decode(packet.content());
            ReferenceCountUtil.release(message);
            return !(message instanceof ErrorMessage);
        } catch (MalformedMessageException malformed) {
            return false;
        }
    }
}
