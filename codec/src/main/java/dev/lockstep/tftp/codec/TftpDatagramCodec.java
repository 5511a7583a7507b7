package dev.lockstep.tftp.codec;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DatagramPacket;

/**
 * {@link TftpCodec} as a handler for a channel with one peer: {@link DatagramPacket} in, {@link TftpMessage} out
 * to the next handler; {@link TftpMessage} in, {@link ByteBuf} out to the wire. What is not TFTP goes no further:
 * the {@link MalformedMessageException} passes by as a user event, for whoever counts.
 */
@Sharable
public final class TftpDatagramCodec extends ChannelDuplexHandler {
    /** The one instance: it has no state. */
    public static final TftpDatagramCodec INSTANCE = new TftpDatagramCodec();

    private TftpDatagramCodec() {}

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (!(msg instanceof DatagramPacket packet)) {
            ctx.fireChannelRead(msg);
            return;
        }
        TftpMessage message;
        try {
            message = TftpCodec.decode(packet.content());
        } catch (MalformedMessageException malformed) {
            ctx.fireUserEventTriggered(malformed);
            return;
        } finally {
            packet.release();
        }
        ctx.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (!(msg instanceof TftpMessage message)) {
            ctx.write(msg, promise);
            return;
        }
        ByteBuf bytes = TftpCodec.encode(message, ctx.alloc());
        if (message instanceof TftpMessage.Data data) {
            data.release();
        }
        ctx.write(bytes, promise);
    }
}
