package dev.lockstep.tftp.resilience;

import dev.lockstep.tftp.io.Sink;
import java.nio.ByteBuffer;

/** A sink that compares a received file with its expected content, and does not store it. */
final class ComparingSink implements Sink {
    private final ByteBuffer expected;
    private boolean differs;
    private volatile boolean whole;

    ComparingSink(byte[] expected) {
        this.expected = ByteBuffer.wrap(expected);
    }

    @Override
    public void write(ByteBuffer from) {
        int length = Math.min(from.remaining(), expected.remaining());
        differs |= length < from.remaining()
                || !expected.slice(expected.position(), length).equals(from);
        expected.position(expected.position() + length);
        from.position(from.limit());
    }

    @Override
    public void commit() {
        whole = !differs && !expected.hasRemaining();
    }

    /** Returns whether the file was received whole and equals the expected content. */
    boolean isWhole() {
        return whole;
    }

    @Override
    public void close() {
        // nothing is open
    }
}
