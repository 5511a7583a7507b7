package dev.lockstep.tftp.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.DefaultByteBufHolder;
import java.util.Objects;

/**
 * The six messages of TFTP (RFC 1350, section 5; RFC 2347). Only {@link Data} owns a buffer.
 *
 * <pre>
 *  opcode  message       fields after the opcode
 *     1    ReadRequest   filename 0 mode 0 [name 0 value 0]*
 *     2    WriteRequest  filename 0 mode 0 [name 0 value 0]*
 *     3    Data          block, 0 to blksize octets
 *     4    Ack           block
 *     5    ErrorMessage  code, text 0
 *     6    OptionAck     [name 0 value 0]*
 * </pre>
 */
public sealed interface TftpMessage {

    /** The first message of a transfer: the only kind a listening port accepts. */
    sealed interface Request extends TftpMessage {
        /** The name as the client wrote it; never empty on the wire. */
        String filename();

        /** How the bytes of the file travel. */
        TransferMode mode();

        /** What the client asks for, in its order. */
        Options options();
    }

    /** RRQ: the sender of this wants to receive a file. */
    record ReadRequest(String filename, TransferMode mode, Options options) implements Request {
        /** Refuses what could not be told from its end on the wire. */
        public ReadRequest {
            requireText(filename);
            Objects.requireNonNull(mode, "mode");
            Objects.requireNonNull(options, "options");
        }
    }

    /** WRQ: the sender of this wants to send a file. */
    record WriteRequest(String filename, TransferMode mode, Options options) implements Request {
        /** Refuses what could not be told from its end on the wire. */
        public WriteRequest {
            requireText(filename);
            Objects.requireNonNull(mode, "mode");
            Objects.requireNonNull(options, "options");
        }
    }

    /**
     * ACK: everything up to this block has arrived.
     *
     * @param block the 16 bits of the wire, 0 to 65535
     */
    record Ack(int block) implements TftpMessage {}

    /** OACK: the options the server grants (RFC 2347). */
    record OptionAck(Options options) implements TftpMessage {}

    /**
     * ERROR: the transfer is over.
     *
     * @param code a number rather than an {@link ErrorCode}, since peers invent codes
     * @param text for people, may be empty
     */
    record ErrorMessage(int code, String text) implements TftpMessage {}

    /** DATA: one block of the file. Whoever takes a {@code Data} over releases it. */
    final class Data extends DefaultByteBufHolder implements TftpMessage {
        private final int block;

        /**
         * Takes over the reference of {@code content}.
         *
         * @param block the 16 bits of the wire, 0 to 65535
         */
        public Data(int block, ByteBuf content) {
            super(content);
            this.block = block;
        }

        /** The 16 bits of the wire, 0 to 65535. */
        public int block() {
            return block;
        }

        @Override
        public Data replace(ByteBuf content) {
            return new Data(block, content);
        }

        @Override
        public Data copy() {
            return (Data) super.copy();
        }

        @Override
        public Data duplicate() {
            return (Data) super.duplicate();
        }

        @Override
        public Data retainedDuplicate() {
            return (Data) super.retainedDuplicate();
        }

        @Override
        public Data retain() {
            super.retain();
            return this;
        }

        @Override
        public Data retain(int increment) {
            super.retain(increment);
            return this;
        }

        @Override
        public Data touch() {
            super.touch();
            return this;
        }

        @Override
        public Data touch(Object hint) {
            super.touch(hint);
            return this;
        }

        @Override
        public boolean equals(Object other) {
            return super.equals(other) && block == ((Data) other).block;
        }

        @Override
        public int hashCode() {
            return 31 * super.hashCode() + block;
        }

        @Override
        public String toString() {
            return "Data[block=" + block + ", content=" + contentToString() + ']';
        }
    }

    private static void requireText(String filename) {
        if (filename.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("filename: holds a NUL (expected: none, NUL ends it on the wire)");
        }
    }
}
