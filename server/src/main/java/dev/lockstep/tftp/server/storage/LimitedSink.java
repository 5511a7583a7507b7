package dev.lockstep.tftp.server.storage;

import dev.lockstep.tftp.io.ForwardingSink;
import dev.lockstep.tftp.io.Sink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletionStage;

/** Limits the size of an upload to that of the rules, whatever size was announced. */
final class LimitedSink extends ForwardingSink {
    private final Sink sink;
    private final WriteRules rules;
    private long size;

    LimitedSink(Sink sink, WriteRules rules) {
        super(sink);
        this.sink = sink;
        this.rules = rules;
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        size += from.remaining();
        rules.checkSize(size);
        super.write(from);
    }

    @Override
    public CompletionStage<Void> store() {
        return sink.store();
    }
}
