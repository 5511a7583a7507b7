package dev.lockstep.tftp.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A sink for netascii: CR LF is stored as LF, CR NUL as CR (RFC 764), a CR before anything else as it is. A pair may
 * span two blocks, so a CR waits for what follows it.
 */
public final class NetasciiSink implements Sink {
    private final Sink file;
    private final ByteBuffer raw = ByteBuffer.allocate(8192);
    private boolean pendingCr;

    /** Takes the sink over: closing this one closes it. */
    public NetasciiSink(Sink file) {
        this.file = file;
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        while (from.hasRemaining()) {
            decode(from.get());
        }
        drain(0);
    }

    private void decode(byte octet) throws IOException {
        drain(2);
        if (pendingCr) {
            pendingCr = false;
            if (octet == '\n' || octet == 0) {
                raw.put(octet == 0 ? (byte) '\r' : octet);
                return;
            }
            raw.put((byte) '\r');
        }
        if (octet == '\r') {
            pendingCr = true;
        } else {
            raw.put(octet);
        }
    }

    /** Passes on what is decoded, unless there is still room for that many octets. */
    private void drain(int room) throws IOException {
        if (room == 0 || raw.remaining() < room) {
            raw.flip();
            try {
                file.write(raw);
            } finally {
                raw.clear();
            }
        }
    }

    @Override
    public boolean mayBlock() {
        return file.mayBlock();
    }

    @Override
    public void commit() throws IOException {
        if (pendingCr) {
            pendingCr = false;
            raw.put((byte) '\r');
            drain(0);
        }
        file.commit();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
