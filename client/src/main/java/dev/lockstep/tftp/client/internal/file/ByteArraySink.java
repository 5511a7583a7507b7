package dev.lockstep.tftp.client.internal.file;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.io.Sink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;

/** A sink that keeps the content in memory. */
public final class ByteArraySink implements Sink {
    /** The maximum size of the content in bytes. A server must not be able to exhaust the heap. */
    private static final long LIMIT = Math.min(Runtime.getRuntime().maxMemory() / 4, Integer.MAX_VALUE / 2);

    private final ByteArrayOutputStream content = new ByteArrayOutputStream();
    private final WritableByteChannel out = Channels.newChannel(content);

    /** Returns a copy of the content. */
    public byte[] toByteArray() {
        return content.toByteArray();
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        if (content.size() + (long) from.remaining() > LIMIT) {
            throw new TftpException(
                    ErrorCode.DISK_FULL, "more than " + LIMIT + " bytes (expected: a quarter of the heap)");
        }
        out.write(from);
    }

    @Override
    public void commit() {
        // the content is complete
    }

    @Override
    public boolean mayBlock() {
        return false;
    }

    @Override
    public void close() {
        // nothing is open
    }
}
