package dev.lockstep.tftp.resilience;

import dev.lockstep.tftp.transfer.Sink;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** A file that is received, in memory. */
final class ArraySink implements Sink {
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();
    private volatile byte[] committed;

    @Override
    public void write(ByteBuffer from) {
        byte[] octets = new byte[from.remaining()];
        from.get(octets);
        content.writeBytes(octets);
    }

    @Override
    public void commit() {
        committed = content.toByteArray();
    }

    /** The whole file, or null as long as it is not whole. */
    byte[] committed() {
        return committed;
    }

    @Override
    public void close() {
        // nothing is open
    }
}
