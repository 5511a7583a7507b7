package dev.lockstep.tftp.io;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A source that encodes netascii: LF is sent as CR LF, a CR as CR NUL (RFC 764). A pair may span two blocks: the second
 * byte of a pair is kept if there is no room for it. The bytes that {@link #awaitBytes} waits for are those of the file,
 * which are at least as many when they are encoded.
 */
public final class NetasciiSource extends ForwardingSource {
    private static final int NOTHING = -1;

    private final ByteBuffer raw = ByteBuffer.allocate(8192).flip();
    private int pending = NOTHING;

    /**
     * Creates an encoder that reads from {@code file} and takes ownership of it: closing this source closes it.
     *
     * @param file supplies the bytes to encode
     */
    public NetasciiSource(Source file) {
        super(file);
    }

    /** Returns {@link #UNKNOWN_SIZE}: to count the lines, the file would have to be read twice. */
    @Override
    public long size() {
        return UNKNOWN_SIZE;
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
        int start = to.position();
        while (to.hasRemaining()) {
            if (pending != NOTHING) {
                to.put((byte) pending);
                pending = NOTHING;
            } else if (raw.hasRemaining() || refill()) {
                encode(raw.get(), to);
            } else {
                break;
            }
        }
        int count = to.position() - start;
        return count == 0 ? -1 : count;
    }

    private void encode(byte next, ByteBuffer to) {
        if (next == '\n') {
            to.put((byte) '\r');
            pending = '\n';
        } else {
            to.put(next);
            pending = next == '\r' ? 0 : NOTHING;
        }
    }

    private boolean refill() throws IOException {
        raw.clear();
        boolean more = super.read(raw) > 0;
        raw.flip();
        return more;
    }

    @Override
    public void rewind() throws IOException {
        super.rewind();
        raw.clear().flip();
        pending = NOTHING;
    }
}
