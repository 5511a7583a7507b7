package dev.lockstep.tftp.testing;

import dev.lockstep.tftp.transfer.Sink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A file in memory that is received, which can be made to fail. */
public final class MemorySink implements Sink {
    private final ByteArrayOutputStream octets = new ByteArrayOutputStream();
    private int room = Integer.MAX_VALUE;
    private IOException full;
    private IOException commitFailure;
    private Error error;
    private volatile boolean committed;
    private boolean mayBlock = true;
    private volatile boolean closed;

    /** Takes that many octets and then fails. */
    public MemorySink failingAfter(int octetsTaken, IOException failure) {
        room = octetsTaken;
        full = failure;
        return this;
    }

    /** Fails when it is to be committed. */
    public MemorySink failingToCommit(IOException failure) {
        commitFailure = failure;
        return this;
    }

    /** Throws that from now on, whatever it is asked. */
    public MemorySink throwing(Error thrown) {
        error = thrown;
        return this;
    }

    /** What has been written. */
    public byte[] content() {
        return octets.toByteArray();
    }

    /** Whether it has been committed. */
    public boolean isCommitted() {
        return committed;
    }

    /** Says that it never blocks. */
    public MemorySink neverBlocking() {
        mayBlock = false;
        return this;
    }

    /** Whether it has been closed. */
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
        octets.writeBytes(chunk);
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
