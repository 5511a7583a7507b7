package dev.lockstep.tftp.internal.capture;

import dev.lockstep.tftp.codec.MalformedMessageException;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpCodec;
import dev.lockstep.tftp.codec.TftpMessage;
import dev.lockstep.tftp.codec.TftpMessage.Ack;
import dev.lockstep.tftp.codec.TftpMessage.Data;
import dev.lockstep.tftp.codec.TftpMessage.ErrorMessage;
import dev.lockstep.tftp.codec.TftpMessage.OptionAck;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.internal.text.LogSanitizer;
import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCountUtil;
import java.util.function.Function;

/**
 * Describes messages in one line, such as {@code RRQ hello.txt octet blksize=1428}. Names and texts of peers are escaped.
 */
public final class MessageText {
    private MessageText() {}

    /**
     * Describes a datagram.
     *
     * @param bytes the datagram; its reader index does not change
     */
    public static String of(ByteBuf bytes) {
        return of(bytes, message -> of(message, 0));
    }

    /** Describes a datagram; {@code valid} describes it if it is a message. */
    static String of(ByteBuf bytes, Function<TftpMessage, String> valid) {
        try {
            TftpMessage message = TftpCodec.decode(bytes.duplicate());
            String text = valid.apply(message);
            ReferenceCountUtil.release(message);
            return text;
        } catch (MalformedMessageException malformed) {
            return "(malformed) " + bytes.readableBytes() + " bytes: " + LogSanitizer.of(malformed.getMessage());
        }
    }

    /**
     * Describes a message.
     *
     * @param blksize the negotiated block size; DATA with fewer bytes is the last
     */
    static String of(TftpMessage message, int blksize) {
        if (message instanceof Request request) {
            String kind = request instanceof ReadRequest ? "RRQ " : "WRQ ";
            return kind + LogSanitizer.of(request.filename()) + " "
                    + request.mode().wireName() + of(request.options());
        }
        if (message instanceof Data data) {
            int length = data.content().readableBytes();
            return "DATA " + data.block() + " (" + length + " bytes" + (length < blksize ? ", last)" : ")");
        }
        if (message instanceof Ack ack) {
            return "ACK " + ack.block();
        }
        if (message instanceof OptionAck oack) {
            return "OACK" + of(oack.options());
        }
        ErrorMessage error = (ErrorMessage) message;
        return "ERROR " + error.code() + " " + LogSanitizer.of(error.text());
    }

    private static String of(Options options) {
        StringBuilder text = new StringBuilder();
        options.forEach(option -> text.append(' ')
                .append(LogSanitizer.of(option.name()))
                .append('=')
                .append(LogSanitizer.of(option.value())));
        return text.toString();
    }
}
