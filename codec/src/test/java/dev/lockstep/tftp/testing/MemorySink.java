package dev.lockstep.tftp.testing;

import dev.lockstep.tftp.io.Sink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A sink in memory. It can be made to fail. */
public final class MemorySink implements Sink {
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();
    private int room = Integer.MAX_VALUE;
    private IOException full;
    private IOException commitFailure;
    private Error error;
    private volatile boolean committed;
    private boolean mayBlock = true;
    private volatile boolean closed;

    /**
     * Makes writes fail after the given number of bytes.
     *
     * @param bytes the number of bytes to accept
     * @param failure the failure of later writes
     * @return this
     */
    public MemorySink failingAfter(int bytes, IOException failure) {
        room = bytes;
        full = failure;
        return this;
    }

    /**
     * Makes the commit fail.
     *
     * @param failure the failure
     * @return this
     */
    public MemorySink failingToCommit(IOException failure) {
        commitFailure = failure;
        return this;
    }

    /**
     * Makes all further calls throw an error.
     *
     * @param thrown the error
     * @return this
     */
    public MemorySink throwing(Error thrown) {
        error = thrown;
        return this;
    }

    /** Returns the written content. */
    public byte[] content() {
        return content.toByteArray();
    }

    /** Returns whether the sink has been committed. */
    public boolean isCommitted() {
        return committed;
    }

    /**
     * Makes the sink report that it never blocks.
     *
     * @return this
     */
    public MemorySink neverBlocking() {
        mayBlock = false;
        return this;
    }

    /** Returns whether the sink has been closed. */
    public boolean isClosed() {
        return closed;
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        if (closed || committed) {
            throw new IllegalStateException("written to after its end");
        }
        throwError();
        room -= from.remaining();
        if (room < 0) {
            throw full;
        }
        byte[] chunk = new byte[from.remaining()];
        from.get(chunk);
        content.writeBytes(chunk);
    }

    @Override
    public void commit() throws IOException {
        if (closed || committed) {
            throw new IllegalStateException("committed after its end");
        }
        throwError();
        if (commitFailure != null) {
            throw commitFailure;
        }
        committed = true;
    }

    @Override
    public void close() {
        if (closed) {
            throw new IllegalStateException("closed twice");
        }
        closed = true;
        throwError();
    }

    private void throwError() {
        if (error != null) {
            throw error;
        }
    }

    @Override
    public boolean mayBlock() {
        return mayBlock;
    }
}
