package dev.lockstep.tftp.channel;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.MalformedMessageException;
import dev.lockstep.tftp.codec.TftpCodec;
import dev.lockstep.tftp.codec.TftpMessage;
import dev.lockstep.tftp.codec.TftpMessage.ErrorMessage;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * Gives a socket that is not connected one peer: its datagrams pass, a stranger's get ERROR 5 and go no further
 * (RFC 1350, section 4). An ERROR is never answered, and of many strangers one in {@link #PAUSE} is, so that two of
 * these can't keep each other busy.
 */
public final class PeerFilter extends ChannelDuplexHandler {
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(100);

    private final InetSocketAddress peer;
    private boolean answered;
    private long answeredAt;

    /** Lets that address and port through. */
    public PeerFilter(InetSocketAddress peer) {
        this.peer = peer;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (!(msg instanceof DatagramPacket packet) || packet.sender().equals(peer)) {
            ctx.fireChannelRead(msg);
            return;
        }
        long now = ctx.executor().ticker().nanoTime();
        boolean mayAnswer = !answered || now - answeredAt >= PAUSE;
        if (mayAnswer && deservesAnswer(packet)) {
            answered = true;
            answeredAt = now;
            ctx.writeAndFlush(turnAway(ctx, packet.sender()), ctx.voidPromise());
        }
        packet.release();
    }

    /** The ERROR 5 for a stranger. */
    public static DatagramPacket turnAway(ChannelHandlerContext ctx, InetSocketAddress stranger) {
        ErrorMessage error = new ErrorMessage(ErrorCode.UNKNOWN_TID.number(), "unknown transfer ID");
        return new DatagramPacket(TftpCodec.encode(error, ctx.alloc()), stranger);
    }

    /** Whether an answer makes sense: TFTP, and no ERROR. */
    public static boolean deservesAnswer(DatagramPacket packet) {
        try {
            TftpMessage message = TftpCodec.decode(packet.content());
            ReferenceCountUtil.release(message);
            return !(message instanceof ErrorMessage);
        } catch (MalformedMessageException malformed) {
            return false;
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        ctx.write(msg instanceof ByteBuf bytes ? new DatagramPacket(bytes, peer) : msg, promise);
    }
}
