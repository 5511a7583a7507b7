package dev.lockstep.tftp.client.cli;

import dev.lockstep.tftp.transfer.Sink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** Passes bytes on as they come: what was passed on before a failure can't be taken back. */
final class StreamSink implements Sink {
    private final WritableByteChannel out;

    StreamSink(WritableByteChannel out) {
        this.out = out;
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        while (from.hasRemaining()) {
            out.write(from);
        }
    }

    @Override
    public void commit() {
        System.out.flush();
    }

    @Override
    public void close() {
        // standard output outlives a transfer, and the process closes the rest
    }
}
