package dev.lockstep.tftp.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One outgoing file. Its methods may block, and are never called on an event loop; of one source at most one call
 * runs at a time, though not always on the same thread.
 */
public interface Source extends AutoCloseable {
    /** The size of a source that doesn't know it. */
    long UNKNOWN_SIZE = -1;

    /**
     * The size in octets, or {@link #UNKNOWN_SIZE}. A size is a promise: a source that ends earlier fails the
     * transfer, and what comes after it is not sent.
     */
    long size();

    /**
     * Reads the next octets, at least one.
     *
     * @return how many, or -1 at the end
     */
    int read(ByteBuffer to) throws IOException;

    @Override
    void close() throws IOException;
}
