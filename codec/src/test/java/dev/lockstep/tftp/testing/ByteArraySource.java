package dev.lockstep.tftp.testing;

import dev.lockstep.tftp.io.Source;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A source in memory. It can be made to fail, to end early, or to report another size. */
public final class ByteArraySource implements Source {
    private final ByteBuffer content;
    private long size;
    private int most = Integer.MAX_VALUE;
    private IOException failure;
    private boolean mayBlock = true;
    private volatile boolean closed;

    /** Creates a source with the given content. */
    public ByteArraySource(byte[] content) {
        this.content = ByteBuffer.wrap(content);
        size = content.length;
    }

    /**
     * Makes the source report the given size.
     *
     * @param bytes the size, or {@link Source#UNKNOWN_SIZE}
     * @return this
     */
    public ByteArraySource claiming(long bytes) {
        size = bytes;
        return this;
    }

    /**
     * Limits the number of bytes of each read.
     *
     * @param bytes the limit
     * @return this
     */
    public ByteArraySource atMost(int bytes) {
        most = bytes;
        return this;
    }

    /**
     * Makes reads fail at the end of the content.
     *
     * @param atTheEnd the failure
     * @return this
     */
    public ByteArraySource failing(IOException atTheEnd) {
        failure = atTheEnd;
        return this;
    }

    /**
     * Makes the source report that it never blocks.
     *
     * @return this
     */
    public ByteArraySource neverBlocking() {
        mayBlock = false;
        return this;
    }

    /** Returns whether the source has been closed. */
    public boolean isClosed() {
        return closed;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
        int length = Math.min(most, Math.min(to.remaining(), content.remaining()));
        if (length == 0 && failure != null) {
            throw failure;
        }
        if (length == 0) {
            return -1;
        }
        to.put(content.slice(content.position(), length));
        content.position(content.position() + length);
        return length;
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
        if (closed) {
            throw new IllegalStateException("closed twice");
        }
        closed = true;
    }

    @Override
    public boolean mayBlock() {
        return mayBlock;
    }
}
