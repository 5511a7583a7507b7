package dev.lockstep.tftp.transfer;

import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;

/**
 * Holds blocks that arrived before a missing block, at most a window of them. The gap is reported to the sender, which
 * continues there (RFC 7440). Blocks held here need not arrive a second time.
 */
final class ReorderBuffer {
    private final int windowsize;
    private BlockWindow window;
    /** The last block taken. The sender restarted before it, so a duplicate of it is expected. */
    private long lastTaken;

    ReorderBuffer(int windowsize) {
        this.windowsize = windowsize;
    }

    /** Stores a copy of block {@code n}, which is less than a window after the missing one. */
    void keep(long n, ByteBuf content) {
        if (window == null) {
            window = new BlockWindow(windowsize);
        }
        if (window.get(n) == null) {
            window.put(n, content.copy());
        }
    }

    /** Passes on and removes the blocks that follow block {@code n} without a gap. */
    void passOn(long n, Consumer<ByteBuf> to) {
        long next = n + 1;
        for (ByteBuf block = take(next); block != null; block = take(++next)) {
            lastTaken = next;
            try {
                to.accept(block);
            } finally {
                block.release();
            }
        }
    }

    private ByteBuf take(long n) {
        return window == null ? null : window.take(n);
    }

    /**
     * Counts old block {@code n} as the expected duplicate of the last block taken. Returns false if it is not, or was
     * counted before.
     */
    boolean takeExpectedDuplicate(long n) {
        boolean expected = n == lastTaken;
        if (expected) {
            lastTaken = 0;
        }
        return expected;
    }

    void releaseAll() {
        if (window != null) {
            window.releaseAll();
        }
    }
}
