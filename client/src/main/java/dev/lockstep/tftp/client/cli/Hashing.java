package dev.lockstep.tftp.client.cli;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.io.ForwardingSink;
import dev.lockstep.tftp.io.ForwardingSource;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.io.Source;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Computes the SHA-256 hash of a file during its transfer. A wrong hash fails the transfer before the file is
 * published.
 */
final class Hashing {
    private Hashing() {}

    /**
     * Returns a sink that commits only content with the expected hash.
     *
     * @param expected the hash in lower-case hexadecimal digits, or null to return {@code sink} itself
     */
    static Sink checked(Sink sink, String expected) {
        return expected == null ? sink : new HashingSink(sink, expected);
    }

    /**
     * Returns a source that fails at its end unless the content has the expected hash.
     *
     * @param expected the hash in lower-case hexadecimal digits, or null to return {@code source} itself
     */
    static Source checked(Source source, String expected) {
        return expected == null ? source : new HashingSource(source, expected);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // each Java platform provides SHA-256
        }
    }

    private static void check(MessageDigest digest, String expected) throws TftpException {
        String actual = HexFormat.of().formatHex(digest.digest());
        if (!actual.equals(expected)) {
            throw new TftpException(ErrorCode.NOT_DEFINED, "sha256: " + actual + " (expected: " + expected + ")");
        }
    }

    private static final class HashingSink extends ForwardingSink {
        private final MessageDigest digest = sha256();
        private final String expected;

        HashingSink(Sink sink, String expected) {
            super(sink);
            this.expected = expected;
        }

        @Override
        public void write(ByteBuffer from) throws IOException {
            digest.update(from.duplicate());
            super.write(from);
        }

        @Override
        public void commit() throws IOException {
            check(digest, expected);
            super.commit();
        }
    }

    /**
     * A source that checks the hash. It reports an unknown size, so that the reader asks for the end of the file, and
     * the hash is checked before the last block is sent.
     */
    private static final class HashingSource extends ForwardingSource {
        private final MessageDigest digest = sha256();
        private final String expected;

        HashingSource(Source source, String expected) {
            super(source);
            this.expected = expected;
        }

        @Override
        public long size() {
            return UNKNOWN_SIZE;
        }

        @Override
        public int read(ByteBuffer to) throws IOException {
            ByteBuffer bytes = to.duplicate();
            int length = super.read(to);
            if (length < 0) {
                check(digest, expected);
            } else {
                bytes.limit(bytes.position() + length);
                digest.update(bytes);
            }
            return length;
        }

        @Override
        public void rewind() throws IOException {
            super.rewind();
            digest.reset();
        }
    }
}
