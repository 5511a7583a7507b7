package dev.lockstep.tftp.internal.capture;

import dev.lockstep.tftp.codec.TftpMessage;
import dev.lockstep.tftp.codec.TftpMessage.OptionAck;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.internal.text.AddressFormat;
import dev.lockstep.tftp.negotiation.Negotiation;
import dev.lockstep.tftp.negotiation.TransferSettings;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.AddressedEnvelope;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Prints one line for each datagram, such as {@code 12.345 → 127.0.0.1:6969 RRQ hello.txt octet blksize=1428}: the
 * seconds since the start of the process, the direction (→ sent, ← received), the peer, and the message. Names and
 * texts of peers are escaped.
 */
final class DecodedTrace extends ChannelDuplexHandler {
    private static final String SENT = "→";
    private static final String RECEIVED = "←";
    private static final double NANOS = 1e9;

    private final Consumer<String> out;
    private final boolean server;
    private final InetSocketAddress peer;
    private final Request request;

    private int blksize = TransferSettings.PLAIN.blksize();

    /**
     * Creates a trace. On a server it also prints the request, which was received on another socket.
     *
     * @param out receives each line
     */
    DecodedTrace(Consumer<String> out, boolean server, InetSocketAddress peer, Request request) {
        this.out = out;
        this.server = server;
        this.peer = peer;
        this.request = request;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        if (server) {
            print(ctx, RECEIVED, peer, describe(request));
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (msg instanceof ByteBufHolder packet) {
            SocketAddress sender = msg instanceof AddressedEnvelope<?, ?> datagram ? datagram.sender() : null;
            print(ctx, RECEIVED, sender, describe(packet.content()));
        }
        ctx.fireChannelRead(msg);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        ByteBuf bytes = msg instanceof ByteBufHolder packet ? packet.content() : (ByteBuf) msg;
        SocketAddress recipient = msg instanceof AddressedEnvelope<?, ?> datagram ? datagram.recipient() : null;
        print(ctx, SENT, recipient, describe(bytes));
        ctx.write(msg, promise);
    }

    /**
     * Prints a line.
     *
     * @param address null for the peer that the channel is connected to
     */
    private void print(ChannelHandlerContext ctx, String direction, SocketAddress address, String message) {
        double seconds = ctx.executor().ticker().nanoTime() / NANOS;
        SocketAddress other = address == null ? ctx.channel().remoteAddress() : address;
        String shown = AddressFormat.of(other instanceof InetSocketAddress known ? known : peer);
        out.accept(String.format(Locale.ROOT, "%.3f %s %s %s", seconds, direction, shown, message));
    }

    private String describe(ByteBuf bytes) {
        return MessageText.of(bytes, this::describe);
    }

    private String describe(TftpMessage message) {
        if (message instanceof OptionAck oack) {
            blksize = Negotiation.settingsOf(oack.options()).blksize();
        }
        return MessageText.of(message, blksize);
    }
}
