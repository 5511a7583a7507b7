package dev.lockstep.tftp.codec;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AddressedEnvelope;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultAddressedEnvelope;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;

/**
 * A handler that decodes and encodes messages with {@link TftpCodec}. On a channel with one peer, {@link
 * DatagramPacket} becomes {@link TftpMessage} inbound, and {@link TftpMessage} becomes {@link ByteBuf} outbound. A
 * malformed datagram is dropped, and its {@link MalformedMessageException} is fired as a user event, so that it can be
 * counted.
 *
 * <p>On a channel with many peers, messages and exceptions are the content of an {@link AddressedEnvelope} with the
 * addresses of the datagram, and an outbound envelope becomes a {@link DatagramPacket}.
 */
@Sharable
public final class TftpDatagramCodec extends ChannelDuplexHandler {
    /** The codec of channels with one peer; it has no state. */
    public static final TftpDatagramCodec INSTANCE = new TftpDatagramCodec(Strictness.STRICT, false);

    private final Strictness strictness;
    private final boolean addressed;

    private TftpDatagramCodec(Strictness strictness, boolean addressed) {
        this.strictness = strictness;
        this.addressed = addressed;
    }

    /**
     * {@return a codec for channels with many peers, such as a listening socket}
     *
     * @param strictness how malformed requests are treated
     */
    public static TftpDatagramCodec addressed(Strictness strictness) {
        return new TftpDatagramCodec(strictness, true);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (!(msg instanceof DatagramPacket packet)) {
            ctx.fireChannelRead(msg);
            return;
        }
        TftpMessage message;
        try {
            message = TftpCodec.decode(packet.content(), strictness);
        } catch (MalformedMessageException malformed) {
            ctx.fireUserEventTriggered(addressed ? envelope(malformed, packet) : malformed);
            return;
        } finally {
            packet.release();
        }
        ctx.fireChannelRead(addressed ? envelope(message, packet) : message);
    }

    private static Object envelope(Object content, DatagramPacket packet) {
        return new DefaultAddressedEnvelope<>(content, packet.recipient(), packet.sender());
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (msg instanceof TftpMessage message) {
            ctx.write(encode(message, ctx), promise);
        } else if (addressed
                && msg instanceof AddressedEnvelope<?, ?> envelope
                && envelope.content() instanceof TftpMessage message) {
            InetSocketAddress recipient = (InetSocketAddress) envelope.recipient();
            ctx.write(new DatagramPacket(encode(message, ctx), recipient), promise);
        } else {
            ctx.write(msg, promise);
        }
    }

    private static ByteBuf encode(TftpMessage message, ChannelHandlerContext ctx) {
        ByteBuf bytes = TftpCodec.encode(message, ctx.alloc());
        if (message instanceof TftpMessage.Data data) {
            data.release();
        }
        return bytes;
    }
}
