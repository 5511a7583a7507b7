package dev.lockstep.tftp.io;

import java.nio.ByteBuffer;

/** A file in memory. Its methods do not block, so it is read on the event loop. */
public final class MemorySource implements Source {
    private final ByteBuffer content;

    /**
     * Creates a source on an array, which must not be changed any more.
     *
     * @param content the bytes of the file
     */
    public MemorySource(byte[] content) {
        this.content = ByteBuffer.wrap(content);
    }

    @Override
    public long size() {
        return content.limit();
    }

    @Override
    public int read(ByteBuffer to) {
        if (!content.hasRemaining()) {
            return -1;
        }
        int length = Math.min(to.remaining(), content.remaining());
        to.put(content.slice(content.position(), length));
        content.position(content.position() + length);
        return length;
    }

    @Override
    public boolean mayBlock() {
        return false;
    }

    @Override
    public boolean canRewind() {
        return true;
    }

    @Override
    public void rewind() {
        content.rewind();
    }

    @Override
    public void close() {
        // nothing is open
    }
}
