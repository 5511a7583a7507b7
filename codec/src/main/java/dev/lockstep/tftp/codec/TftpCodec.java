package dev.lockstep.tftp.codec;

import static dev.lockstep.tftp.codec.TftpOpcode.ACK;
import static dev.lockstep.tftp.codec.TftpOpcode.DATA;
import static dev.lockstep.tftp.codec.TftpOpcode.ERROR;
import static dev.lockstep.tftp.codec.TftpOpcode.OACK;
import static dev.lockstep.tftp.codec.TftpOpcode.RRQ;
import static dev.lockstep.tftp.codec.TftpOpcode.WRQ;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lockstep.tftp.codec.TftpMessage.Ack;
import dev.lockstep.tftp.codec.TftpMessage.Data;
import dev.lockstep.tftp.codec.TftpMessage.ErrorMessage;
import dev.lockstep.tftp.codec.TftpMessage.OptionAck;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;

/**
 * Decodes and encodes messages. It has no state. It rejects input that has no meaning and accepts the deviations of
 * existing peers.
 */
@ThreadSafe
public final class TftpCodec {
    /** Bytes before the file data in a DATA. */
    public static final int DATA_HEADER = 4;

    /** The maximum length of a request in bytes (RFC 2347, "Packet formats"). */
    public static final int MAX_REQUEST = 512;

    /**
     * Added to a byte from 0x80 on, this yields a lone surrogate that stands for that byte in a text to be encoded.
     * File names need not be UTF-8.
     */
    public static final int RAW_BYTE = 0xDC00;

    /**
     * The maximum number of options; more than fit into a strict request. Searching 64 KiB of options would block an
     * event loop for seconds.
     */
    static final int MAX_OPTIONS = 256;

    private TftpCodec() {}

    /**
     * Decodes one datagram strictly; see {@link #decode(ByteBuf, Strictness)}.
     *
     * @param datagram the content of the datagram
     * @return the message
     * @throws MalformedMessageException if the bytes are not a TFTP message
     */
    public static TftpMessage decode(ByteBuf datagram) throws MalformedMessageException {
        return decode(datagram, Strictness.STRICT);
    }

    /**
     * Decodes one complete datagram. A {@link Data} holds a retained slice of it; the caller keeps its own reference.
     *
     * @param datagram the content of the datagram, from its reader index on
     * @param strictness how a malformed request is treated
     * @return the message; the caller releases a {@link Data}
     * @throws MalformedMessageException if the bytes are not a TFTP message; nothing else is thrown for any bytes
     */
    public static TftpMessage decode(ByteBuf datagram, Strictness strictness) throws MalformedMessageException {
        if (datagram.readableBytes() < 2) {
            throw new MalformedMessageException(
                    "datagram: " + datagram.readableBytes() + " bytes (expected: >= 2)", false);
        }
        int opcode = datagram.readUnsignedShort();
        return switch (opcode) {
            case RRQ, WRQ -> request(opcode, datagram, strictness);
            case DATA -> new Data(number(datagram), datagram.readRetainedSlice(datagram.readableBytes()));
            case ACK -> new Ack(number(datagram));
            case ERROR -> new ErrorMessage(number(datagram), text(datagram, textLength(datagram)));
            case OACK -> new OptionAck(options(datagram, strictness));
            default -> throw new MalformedMessageException("opcode: " + opcode + " (expected: 1 to 6)", false);
        };
    }

    /**
     * Encodes a message into a new buffer, which the caller owns. The reference of a {@link Data} is not released.
     *
     * @param message the message
     * @param allocator allocates the buffer
     * @return a direct buffer with the datagram
     */
    public static ByteBuf encode(TftpMessage message, ByteBufAllocator allocator) {
        if (message instanceof Data data) {
            ByteBuf bytes = allocator.directBuffer(DATA_HEADER + data.content().readableBytes());
            return writeData(data, bytes);
        }
        if (message instanceof Ack ack) {
            return allocator.directBuffer(4).writeShort(ACK).writeShort(ack.block());
        }
        ByteBuf bytes = allocator.directBuffer();
        if (message instanceof Request request) {
            bytes.writeShort(request instanceof ReadRequest ? RRQ : WRQ);
            writeText(bytes, request.filename());
            writeText(bytes, request.mode().wireName());
            writeOptions(bytes, request.options());
        } else if (message instanceof OptionAck oack) {
            writeOptions(bytes.writeShort(OACK), oack.options());
        } else if (message instanceof ErrorMessage error) {
            writeText(bytes.writeShort(ERROR).writeShort(error.code()), error.text());
        }
        return bytes;
    }

    /**
     * {@return the length of a request on the wire, in bytes} A request longer than {@link #MAX_REQUEST} must not be
     * sent.
     *
     * @param request the request
     */
    public static int encodedLength(Request request) {
        int length =
                2 + textLength(request.filename()) + textLength(request.mode().wireName());
        for (Options.Option option : request.options()) {
            length += textLength(option.name()) + textLength(option.value());
        }
        return length;
    }

    private static int textLength(String text) {
        return ByteBufUtil.utf8Bytes(text) + 1;
    }

    /**
     * Appends one DATA to {@code bytes} and returns {@code bytes}. Several DATA can be written to one buffer. The
     * reference of {@code data} is not released.
     *
     * @param data the DATA
     * @param bytes the buffer to append to
     * @return {@code bytes}
     */
    public static ByteBuf writeData(Data data, ByteBuf bytes) {
        ByteBuf content = data.content();
        return bytes.writeShort(DATA)
                .writeShort(data.block())
                .writeBytes(content, content.readerIndex(), content.readableBytes());
    }

    private static Request request(int opcode, ByteBuf bytes, Strictness strictness) throws MalformedMessageException {
        int length = bytes.readableBytes() + 2;
        if (length > MAX_REQUEST && strictness == Strictness.STRICT) {
            throw new MalformedMessageException("request: " + length + " bytes (expected: <= 512)", true);
        }
        String filename = terminated(bytes, strictness, "file name");
        if (filename.isEmpty()) {
            throw new MalformedMessageException("file name: empty", true);
        }
        String modeName = terminated(bytes, strictness, "mode");
        TransferMode mode = TransferMode.named(modeName)
                .orElseThrow(() ->
                        new MalformedMessageException("mode: " + modeName + " (expected: octet or netascii)", true));
        Options options = options(bytes, strictness);
        return opcode == RRQ ? new ReadRequest(filename, mode, options) : new WriteRequest(filename, mode, options);
    }

    /** Reads options up to the first one that is empty or incomplete. The rest has no meaning and is ignored. */
    private static Options options(ByteBuf bytes, Strictness strictness) {
        Options options = Options.NONE;
        for (int pairs = 0; bytes.isReadable() && pairs < MAX_OPTIONS; pairs++) {
            int nameLength = bytes.bytesBefore((byte) 0);
            if (nameLength <= 0) {
                break;
            }
            String name = text(bytes, nameLength);
            bytes.skipBytes(1);
            int valueLength = bytes.bytesBefore((byte) 0);
            if (valueLength < 0 && strictness == Strictness.STRICT) {
                break;
            }
            options = options.with(name, text(bytes, valueLength < 0 ? bytes.readableBytes() : valueLength));
            bytes.skipBytes(Math.min(1, bytes.readableBytes()));
        }
        return options;
    }

    private static String terminated(ByteBuf bytes, Strictness strictness, String what)
            throws MalformedMessageException {
        int length = bytes.bytesBefore((byte) 0);
        if (length < 0 && strictness == Strictness.STRICT) {
            throw new MalformedMessageException(what + ": no terminating NUL", true);
        }
        String text = text(bytes, length < 0 ? bytes.readableBytes() : length);
        bytes.skipBytes(Math.min(1, bytes.readableBytes()));
        return text;
    }

    private static int number(ByteBuf bytes) throws MalformedMessageException {
        if (bytes.readableBytes() < 2) {
            throw new MalformedMessageException(
                    "datagram: " + (bytes.readableBytes() + 2) + " bytes (expected: >= 4)", false);
        }
        return bytes.readUnsignedShort();
    }

    /** Returns the length of a text up to its NUL, or up to the end if the NUL is missing. */
    private static int textLength(ByteBuf bytes) {
        int length = bytes.bytesBefore((byte) 0);
        return length < 0 ? bytes.readableBytes() : length;
    }

    /**
     * Reads a text. No RFC specifies a character set: valid UTF-8 is read as such, anything else as Latin-1, in which
     * all bytes are valid.
     */
    private static String text(ByteBuf bytes, int length) {
        boolean utf8 = ByteBufUtil.isText(bytes, bytes.readerIndex(), length, UTF_8);
        return bytes.readCharSequence(length, utf8 ? UTF_8 : ISO_8859_1).toString();
    }

    private static void writeOptions(ByteBuf bytes, Options options) {
        for (Options.Option option : options) {
            writeText(bytes, option.name());
            writeText(bytes, option.value());
        }
    }

    private static void writeText(ByteBuf bytes, String text) {
        int nul = text.indexOf('\0');
        int end = nul < 0 ? text.length() : nul;
        int from = 0;
        for (int i = 0; i < end; i++) {
            if (isRawByte(text, i)) {
                ByteBufUtil.writeUtf8(bytes, text, from, i);
                bytes.writeByte(text.charAt(i));
                from = i + 1;
            }
        }
        ByteBufUtil.writeUtf8(bytes, text, from, end);
        bytes.writeByte(0);
    }

    private static boolean isRawByte(String text, int index) {
        int offset = text.charAt(index) - RAW_BYTE;
        return offset >= 0x80 && offset <= 0xFF && (index == 0 || !Character.isHighSurrogate(text.charAt(index - 1)));
    }
}
