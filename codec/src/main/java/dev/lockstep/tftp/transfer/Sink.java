package dev.lockstep.tftp.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One incoming file. Its methods may block, and are not called on an event loop unless {@link #mayBlock} denies it; of
 * one sink at most one call runs at a time, though not always on the same thread. It leaves nothing behind without
 * {@link #commit()}.
 */
public interface Sink extends AutoCloseable {
    /**
     * Takes all that remains in {@code from}.
     *
     * @throws TftpException with the ERROR the peer is to get, for example {@code DISK_FULL}
     */
    void write(ByteBuffer from) throws IOException;

    /** Makes the file durable and visible, whole: the last ACK is sent after this returns. */
    void commit() throws IOException;

    /** Whether its methods may block. Those of a sink in memory need not, and then run on the event loop itself. */
    default boolean mayBlock() {
        return true;
    }

    /** Ends it; without a commit before, all that was written is removed and any older file stays as it was. */
    @Override
    void close() throws IOException;
}
