package dev.lockstep.tftp.client.internal.file;

import dev.lockstep.tftp.io.FileErrors;
import dev.lockstep.tftp.io.Source;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** A source that reads a channel to its end. The channel stays open. */
public record StreamSource(ReadableByteChannel in) implements Source {
    @Override
    public long size() {
        return UNKNOWN_SIZE;
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
        try {
            return in.read(to);
        } catch (IOException e) {
            throw FileErrors.of(e);
        }
    }

    @Override
    public void close() {
        // the channel belongs to the caller
    }
}
