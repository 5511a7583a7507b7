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
 *     3    Data          block, 0 to blksize bytes
 *     4    Ack           block
 *     5    ErrorMessage  code, text 0
 *     6    OptionAck     [name 0 value 0]*
 * </pre>
 */
public sealed interface TftpMessage {

    /** The first message of a transfer, and the only kind that a listening port accepts. */
    sealed interface Request extends TftpMessage {
        /** {@return the file name as the client wrote it; never empty on the wire} */
        String filename();

        /** {@return the transfer mode} */
        TransferMode mode();

        /** {@return the requested options in the order of the request} */
        Options options();

        /**
         * {@return a copy of this request with another file name}
         *
         * @param other the other file name
         * @throws IllegalArgumentException if the file name contains NUL
         */
        Request withFilename(String other);
    }

    /**
     * RRQ: requests to read a file from the server.
     *
     * @param filename the file name as the client wrote it, never empty on the wire
     * @param mode the transfer mode
     * @param options the options in their order
     */
    record ReadRequest(String filename, TransferMode mode, Options options) implements Request {
        /**
         * Checks the values.
         *
         * @throws IllegalArgumentException if the file name contains NUL, which would end it on the wire
         */
        public ReadRequest {
            requireText(filename);
            Objects.requireNonNull(mode, "mode");
            Objects.requireNonNull(options, "options");
        }

        @Override
        public ReadRequest withFilename(String other) {
            return new ReadRequest(other, mode, options);
        }
    }

    /**
     * WRQ: requests to write a file to the server.
     *
     * @param filename the file name as the client wrote it, never empty on the wire
     * @param mode the transfer mode
     * @param options the options in their order
     */
    record WriteRequest(String filename, TransferMode mode, Options options) implements Request {
        /**
         * Checks the values.
         *
         * @throws IllegalArgumentException if the file name contains NUL, which would end it on the wire
         */
        public WriteRequest {
            requireText(filename);
            Objects.requireNonNull(mode, "mode");
            Objects.requireNonNull(options, "options");
        }

        @Override
        public WriteRequest withFilename(String other) {
            return new WriteRequest(other, mode, options);
        }
    }

    /**
     * ACK: acknowledges all blocks up to this one.
     *
     * @param block the 16-bit block number on the wire, 0 to 65535
     */
    record Ack(int block) implements TftpMessage {}

    /**
     * OACK: the options the server grants (RFC 2347).
     *
     * @param options the granted options
     */
    record OptionAck(Options options) implements TftpMessage {}

    /**
     * ERROR: ends the transfer.
     *
     * @param code a number rather than an {@link ErrorCode}, because peers use codes that no RFC defines
     * @param text a message for users; may be empty
     */
    record ErrorMessage(int code, String text) implements TftpMessage {}

    /** DATA: one block of the file. The receiver of a {@code Data} takes over its reference and releases it. */
    final class Data extends DefaultByteBufHolder implements TftpMessage {
        private final int block;

        /**
         * Creates a DATA that takes over the reference of {@code content}.
         *
         * @param block the 16-bit block number on the wire, 0 to 65535
         * @param content the bytes of the file
         */
        public Data(int block, ByteBuf content) {
            super(content);
            this.block = block;
        }

        /** {@return the 16-bit block number on the wire, 0 to 65535} */
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
            throw new IllegalArgumentException("filename: contains NUL (expected: none, NUL ends it on the wire)");
        }
    }
}
