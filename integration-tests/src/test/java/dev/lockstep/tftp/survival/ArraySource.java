package dev.lockstep.tftp.survival;

import dev.lockstep.tftp.transfer.Source;
import java.nio.ByteBuffer;

/** A file to be sent, in memory. */
final class ArraySource implements Source {
    private final ByteBuffer content;

    ArraySource(byte[] content) {
        this.content = ByteBuffer.wrap(content);
    }

    @Override
    public long size() {
        return content.limit();
    }

    @Override
    public int read(ByteBuffer to) {
        int length = Math.min(to.remaining(), content.remaining());
        if (length == 0) {
            return -1;
        }
        to.put(content.slice(content.position(), length));
        content.position(content.position() + length);
        return length;
    }

    @Override
    public void close() {
        // nothing is open
    }
}
