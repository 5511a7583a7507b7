package dev.lockstep.tftp.codec;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DatagramPacket;

/**
 * A handler that decodes and encodes messages with {@link TftpCodec} on a channel with one peer. Inbound, {@link
 * DatagramPacket} becomes {@link TftpMessage}; outbound, {@link TftpMessage} becomes {@link ByteBuf}. A malformed
 * datagram is dropped, and its {@link MalformedMessageException} is fired as a user event, so that it can be counted.
 */
@Sharable
public final class TftpDatagramCodec extends ChannelDuplexHandler {
    /** The only instance; it has no state. */
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
