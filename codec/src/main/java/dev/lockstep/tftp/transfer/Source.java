package dev.lockstep.tftp.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One outgoing file. Its methods may block, and are not called on an event loop unless {@link #mayBlock} denies it; of
 * one source at most one call runs at a time, though not always on the same thread.
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

    /** Whether its methods may block. Those of a source in memory need not, and then run on the event loop itself. */
    default boolean mayBlock() {
        return true;
    }

    /** Whether it can be read once more. Does not block. */
    default boolean canRewind() {
        return false;
    }

    /** The next octets are the first ones again, where that {@linkplain #canRewind is possible}. */
    default void rewind() throws IOException {
        throw new UnsupportedOperationException("rewind");
    }

    @Override
    void close() throws IOException;
}
