package dev.lockstep.tftp.resilience;

import dev.lockstep.tftp.io.Sink;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** A sink that stores a received file in memory. */
final class ArraySink implements Sink {
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();
    private volatile byte[] committed;

    @Override
    public void write(ByteBuffer from) {
        byte[] bytes = new byte[from.remaining()];
        from.get(bytes);
        content.writeBytes(bytes);
    }

    @Override
    public void commit() {
        committed = content.toByteArray();
    }

    /** Returns the whole file, or null until it is complete. */
    byte[] committed() {
        return committed;
    }

    @Override
    public void close() {
        // nothing is open
    }
}
