package dev.lockstep.tftp.client.internal.connect;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.io.Sink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Future;

/**
 * A sink of a get that can be cancelled.
 *
 * @param result once it is complete, nothing is committed: the transfer was cancelled
 */
public record CancellableSink(Sink sink, Future<?> result) implements Sink {
    @Override
    public void write(ByteBuffer from) throws IOException {
        sink.write(from);
    }

    @Override
    public void commit() throws IOException {
        if (result.isDone()) {
            throw new TftpException(ErrorCode.NOT_DEFINED, "cancelled");
        }
        sink.commit();
    }

    @Override
    public boolean mayBlock() {
        return sink.mayBlock();
    }

    @Override
    public void close() throws IOException {
        sink.close();
    }
}
