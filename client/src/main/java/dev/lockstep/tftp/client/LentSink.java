package dev.lockstep.tftp.client;

import dev.lockstep.tftp.transfer.Sink;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A sink for one transfer, which does not close it. */
record LentSink(Sink sink) implements Sink {
    @Override
    public void write(ByteBuffer from) throws IOException {
        sink.write(from);
    }

    @Override
    public void commit() throws IOException {
        sink.commit();
    }

    @Override
    public boolean mayBlock() {
        return sink.mayBlock();
    }

    @Override
    public void close() {
        // its owner does
    }
}
