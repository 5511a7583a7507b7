package dev.lockstep.tftp.io;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A sink that decodes netascii: CR LF is stored as LF, CR NUL as CR (RFC 764), and a CR before any other byte
 * unchanged. A pair may span two blocks, so a CR is kept until the next byte.
 */
public final class NetasciiSink extends ForwardingSink {
    private final ByteBuffer raw = ByteBuffer.allocate(8192);
    private boolean pendingCr;

    /**
     * Creates a decoder that writes to {@code file} and takes ownership of it: closing this sink closes it.
     *
     * @param file receives the decoded bytes
     */
    public NetasciiSink(Sink file) {
        super(file);
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        while (from.hasRemaining()) {
            decode(from.get());
        }
        drain(0);
    }

    private void decode(byte next) throws IOException {
        drain(2);
        if (pendingCr) {
            pendingCr = false;
            if (next == '\n' || next == 0) {
                raw.put(next == 0 ? (byte) '\r' : next);
                return;
            }
            raw.put((byte) '\r');
        }
        if (next == '\r') {
            pendingCr = true;
        } else {
            raw.put(next);
        }
    }

    /** Writes the decoded bytes to the file if there is no room for {@code room} more, or if {@code room} is 0. */
    private void drain(int room) throws IOException {
        if (room == 0 || raw.remaining() < room) {
            raw.flip();
            try {
                super.write(raw);
            } finally {
                raw.clear();
            }
        }
    }

    @Override
    public void commit() throws IOException {
        if (pendingCr) {
            pendingCr = false;
            raw.put((byte) '\r');
            drain(0);
        }
        super.commit();
    }
}
