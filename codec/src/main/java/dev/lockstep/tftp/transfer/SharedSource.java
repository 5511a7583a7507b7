package dev.lockstep.tftp.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * An outgoing file any part of which can be read at any time, and which knows its content from any other: what one
 * transfer has read of it can be sent by all.
 */
public interface SharedSource extends Source {
    /** Equal versions promise equal octets. Does not block. */
    Object version();

    /**
     * Reads octets of that version from that offset on, at least one. Fails once they can't be had any more.
     *
     * @return how many, or -1 at the end
     */
    int read(ByteBuffer to, long offset) throws IOException;
}
