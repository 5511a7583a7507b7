package dev.lockstep.tftp.transfer;

import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;

/**
 * Blocks that came before one that is missing, no more than a window of them. The sender is told of the gap and
 * begins again there, as RFC 7440 has it; but what is here already need not arrive a second time.
 */
final class ReorderBuffer {
    private final int windowsize;
    private BlockWindow window;
    /** The last block taken: the sender, which began again before it, will send it once more. */
    private long lastTaken;

    ReorderBuffer(int windowsize) {
        this.windowsize = windowsize;
    }

    /** Keeps a copy of block {@code n}, which is less than a window after the missing one. */
    void keep(long n, ByteBuf content) {
        if (window == null) {
            window = new BlockWindow(windowsize);
        }
        if (window.get(n) == null) {
            window.put(n, content.copy());
        }
    }

    /** Gives away what follows block {@code n} without a gap. */
    void passOn(long n, Consumer<ByteBuf> to) {
        long next = n + 1;
        for (ByteBuf block = take(next); block != null; block = take(++next)) {
            lastTaken = next;
            to.accept(block);
            block.release();
        }
    }

    private ByteBuf take(long n) {
        return window == null ? null : window.take(n);
    }

    /** Whether that old block {@code n} is the expected copy of the last one taken: true once for it. */
    boolean isExpectedAgain(long n) {
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
