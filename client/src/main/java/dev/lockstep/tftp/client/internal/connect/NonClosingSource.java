package dev.lockstep.tftp.client.internal.connect;

import dev.lockstep.tftp.io.Source;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A source for one transfer. It does not close the underlying source. */
record NonClosingSource(Source source) implements Source {
    @Override
    public long size() {
        return source.size();
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
        return source.read(to);
    }

    @Override
    public boolean mayBlock() {
        return source.mayBlock();
    }

    @Override
    public void close() {
        // the operation closes the underlying source
    }
}
