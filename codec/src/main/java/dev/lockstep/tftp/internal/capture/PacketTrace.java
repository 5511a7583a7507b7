package dev.lockstep.tftp.internal.capture;

import dev.lockstep.tftp.codec.MalformedMessageException;
import dev.lockstep.tftp.codec.TftpCodec;
import dev.lockstep.tftp.codec.TftpMessage;
import dev.lockstep.tftp.codec.TftpMessage.Data;
import dev.lockstep.tftp.codec.TftpMessage.OptionAck;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.internal.text.AddressFormat;
import dev.lockstep.tftp.negotiation.Negotiation;
import dev.lockstep.tftp.negotiation.TransferSettings;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Prints one line for each datagram: {@code C:} from the client, {@code S:} from the server, each byte as its printable
 * ASCII character or two hexadecimal digits, and file data only as a number of bytes.
 */
final class PacketTrace extends ChannelDuplexHandler {
    private final Consumer<String> out;
    private final boolean server;
    private final InetSocketAddress peer;
    private final Request request;
    private int blksize = TransferSettings.PLAIN.blksize();

    /**
     * Creates a trace. On a server it also prints the request, which was received on another socket, and the end.
     *
     * @param out receives each line
     */
    PacketTrace(Consumer<String> out, boolean server, InetSocketAddress peer, Request request) {
        this.out = out;
        this.server = server;
        this.peer = peer;
        this.request = request;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        if (server) {
            String kind = request instanceof ReadRequest ? "read" : "write";
            out.accept("Received " + kind + " request from " + AddressFormat.of(peer));
            ByteBuf bytes = TftpCodec.encode(request, ctx.alloc());
            print("C: ", bytes);
            bytes.release();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (server) {
            out.accept("Closing connection to client " + AddressFormat.of(peer));
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (msg instanceof ByteBufHolder packet) {
            print(server ? "C: " : "S: ", packet.content());
        }
        ctx.fireChannelRead(msg);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        ByteBuf bytes = msg instanceof ByteBufHolder packet ? packet.content() : (ByteBuf) msg;
        print(server ? "S: " : "C: ", bytes);
        ctx.write(msg, promise);
    }

    private void print(String from, ByteBuf bytes) {
        int blockLength = -1;
        try {
            TftpMessage message = TftpCodec.decode(bytes.duplicate());
            if (message instanceof OptionAck oack) {
                blksize = Negotiation.settingsOf(oack.options()).blksize();
            }
            blockLength = message instanceof Data data ? data.content().readableBytes() : -1;
            ReferenceCountUtil.release(message);
        } catch (MalformedMessageException malformed) {
            from = from + "(malformed) ";
        }
        if (blockLength < 0) {
            out.accept(from + hexDump(bytes, bytes.readableBytes()));
        } else {
            String last = blockLength < blksize ? " (last)" : "";
            String header = hexDump(bytes, TftpCodec.DATA_HEADER);
            out.accept(from + header + " [ " + blockLength + " bytes of data ]" + last);
        }
    }

    private static String hexDump(ByteBuf bytes, int count) {
        StringBuilder line = new StringBuilder(3 * count);
        for (int i = bytes.readerIndex(); i < bytes.readerIndex() + count; i++) {
            int value = bytes.getUnsignedByte(i);
            if (value > ' ' && value < 0x7F) {
                line.append((char) value).append("  ");
            } else {
                line.append(String.format(Locale.ROOT, "%02x ", value));
            }
        }
        return line.toString().stripTrailing();
    }
}
