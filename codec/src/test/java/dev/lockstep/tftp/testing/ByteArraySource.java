package dev.lockstep.tftp.testing;

import dev.lockstep.tftp.transfer.Source;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A file in memory to be sent, which can be made to fail, to end early, or not to know its size. */
public final class ByteArraySource implements Source {
    private final ByteBuffer octets;
    private long size;
    private int most = Integer.MAX_VALUE;
    private IOException failure;
    private boolean mayBlock = true;
    private volatile boolean closed;

    /** A file of that content. */
    public ByteArraySource(byte[] content) {
        octets = ByteBuffer.wrap(content);
        size = content.length;
    }

    /** Says that it has that size, or {@link Source#UNKNOWN_SIZE}. */
    public ByteArraySource claiming(long octetsClaimed) {
        size = octetsClaimed;
        return this;
    }

    /** Gives at most that many octets a time. */
    public ByteArraySource atMost(int octetsAtOnce) {
        most = octetsAtOnce;
        return this;
    }

    /** Fails where its content ends. */
    public ByteArraySource failing(IOException atTheEnd) {
        failure = atTheEnd;
        return this;
    }

    /** Says that it never blocks. */
    public ByteArraySource neverBlocking() {
        mayBlock = false;
        return this;
    }

    /** Whether it has been closed. */
    public boolean isClosed() {
        return closed;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
        int length = Math.min(most, Math.min(to.remaining(), octets.remaining()));
        if (length == 0 && failure != null) {
            throw failure;
        }
        if (length == 0) {
            return -1;
        }
        to.put(octets.slice(octets.position(), length));
        octets.position(octets.position() + length);
        return length;
    }

    @Override
    public boolean canRewind() {
        return true;
    }

    @Override
    public void rewind() {
        octets.rewind();
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
