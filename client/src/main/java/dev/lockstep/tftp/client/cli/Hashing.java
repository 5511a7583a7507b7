package dev.lockstep.tftp.client.cli;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.transfer.Sink;
import dev.lockstep.tftp.transfer.Source;
import dev.lockstep.tftp.transfer.TftpException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The SHA-256 of a file that passes by; a wrong one ends the transfer before anything is published. */
final class Hashing {
    private final MessageDigest digest;
    private final String expected;

    private Hashing(String expected) {
        this.expected = expected;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java platform has it
        }
    }

    /** The same sink, or one that commits only what has that hash. */
    static Sink checked(Sink sink, String expected) {
        return expected == null ? sink : new HashingSink(sink, new Hashing(expected));
    }

    /** The same source, or one that fails at its end unless all of it has that hash. */
    static Source checked(Source source, String expected) {
        return expected == null ? source : new HashingSource(source, new Hashing(expected));
    }

    private void update(ByteBuffer octets) {
        digest.update(octets);
    }

    private void check() throws TftpException {
        String actual = HexFormat.of().formatHex(digest.digest());
        if (!actual.equals(expected)) {
            throw new TftpException(ErrorCode.NOT_DEFINED, "sha256: " + actual + " (expected: " + expected + ")");
        }
    }

    private record HashingSink(Sink sink, Hashing hash) implements Sink {
        @Override
        public void write(ByteBuffer from) throws IOException {
            hash.update(from.duplicate());
            sink.write(from);
        }

        @Override
        public void commit() throws IOException {
            hash.check();
            sink.commit();
        }

        @Override
        public void close() throws IOException {
            sink.close();
        }
    }

    /** Its size is unknown to the reader on purpose: the end must be asked for, and checked, before it is sent. */
    private record HashingSource(Source source, Hashing hash) implements Source {
        @Override
        public long size() {
            return UNKNOWN_SIZE;
        }

        @Override
        public int read(ByteBuffer to) throws IOException {
            ByteBuffer octets = to.duplicate();
            int length = source.read(to);
            if (length < 0) {
                hash.check();
            } else {
                octets.limit(octets.position() + length);
                hash.update(octets);
            }
            return length;
        }

        @Override
        public boolean canRewind() {
            return source.canRewind();
        }

        @Override
        public void rewind() throws IOException {
            source.rewind();
            hash.digest.reset();
        }

        @Override
        public void close() throws IOException {
            source.close();
        }
    }
}
