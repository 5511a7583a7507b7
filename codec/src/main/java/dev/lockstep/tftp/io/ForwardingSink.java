package dev.lockstep.tftp.io;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A sink that forwards all calls to another one. A decorator overrides some of the methods. {@link #store} is not
 * forwarded, but calls {@link #commit} of the decorator.
 */
public abstract class ForwardingSink implements Sink {
    private final Sink sink;

    /**
     * Creates a decorator.
     *
     * @param sink receives the calls. It is taken over: closing this sink closes it
     */
    protected ForwardingSink(Sink sink) {
        this.sink = sink;
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        sink.write(from);
    }

    @Override
    public boolean awaitRoom(Runnable then) {
        return sink.awaitRoom(then);
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
    public void close() throws IOException {
        sink.close();
    }
}
