package dev.lockstep.tftp.server.storage;

import dev.lockstep.tftp.concurrent.EventLoop;
import dev.lockstep.tftp.io.Source;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A source that can be read at any offset and identifies the version of its content. What one transfer reads of it can
 * be sent by all transfers of the same version. A source of unknown size must know its size when its end was read.
 */
public interface SharedSource extends Source {
    /** {@return the version of the content} Equal versions have equal bytes. */
    @EventLoop
    Object version();

    /**
     * Reads at least one byte of that version from an offset on.
     *
     * @param to receives the bytes; it has room for at least one
     * @param offset the offset in bytes from the beginning of the file
     * @return the number of bytes read, or -1 at the end
     * @throws IOException if the bytes of that version are no longer available
     */
    int read(ByteBuffer to, long offset) throws IOException;
}
