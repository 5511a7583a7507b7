package dev.lockstep.tftp.server.storage;

import dev.lockstep.tftp.io.Sink;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Limits the size of an upload to that of the rules, whatever size was announced. */
final class LimitedSink implements Sink {
    private final Sink sink;
    private final WriteRules rules;
    private long size;

    LimitedSink(Sink sink, WriteRules rules) {
        this.sink = sink;
        this.rules = rules;
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        size += from.remaining();
        rules.checkSize(size);
        sink.write(from);
    }

    @Override
    public boolean mayBlock() {
        return sink.mayBlock();
    }

    @Override
    public void commit() throws IOException {
        sink.commit();
    }

    @Override
    public void close() throws IOException {
        sink.close();
    }
}
