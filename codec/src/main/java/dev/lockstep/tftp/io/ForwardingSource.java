package dev.lockstep.tftp.io;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A source that forwards all calls to another one. A decorator overrides some of the methods. */
public abstract class ForwardingSource implements Source {
    private final Source source;

    /**
     * Creates a decorator.
     *
     * @param source receives the calls. It is taken over: closing this source closes it
     */
    protected ForwardingSource(Source source) {
        this.source = source;
    }

    @Override
    public long size() {
        return source.size();
    }

    /** Waits for as many bytes of the other source: a decorator that adds bytes waits for more than it needs. */
    @Override
    public boolean awaitBytes(long end, Runnable then) {
        return source.awaitBytes(end, then);
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
    public boolean canRewind() {
        return source.canRewind();
    }

    @Override
    public void rewind() throws IOException {
        source.rewind();
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
