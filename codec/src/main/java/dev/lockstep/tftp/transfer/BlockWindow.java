package dev.lockstep.tftp.transfer;

import io.netty.buffer.ByteBuf;

/**
 * Buffers the blocks of one window by block count. A sender keeps unacknowledged blocks in it, so that a retransmission
 * has the same bytes. A receiver keeps blocks in it that arrived before a missing block.
 */
final class BlockWindow {
    /** Block n is in slot n modulo the size. */
    private final ByteBuf[] slots;

    BlockWindow(int size) {
        slots = new ByteBuf[size];
    }

    int size() {
        return slots.length;
    }

    /**
     * Stores block {@code n} and takes over its reference. The slot is free, because no window is larger than this
     * buffer.
     */
    void put(long n, ByteBuf block) {
        slots[slot(n)] = block;
    }

    /** Returns block {@code n}, still owned by this window, or null if it is not stored. */
    ByteBuf get(long n) {
        return slots[slot(n)];
    }

    /** Releases block {@code n} and returns its length in bytes. */
    int drop(long n) {
        ByteBuf block = slots[slot(n)];
        slots[slot(n)] = null;
        int length = block.readableBytes();
        block.release();
        return length;
    }

    /**
     * Removes block {@code n} and returns it. The caller owns it.
     *
     * @return the block, or null if it is not stored
     */
    ByteBuf take(long n) {
        ByteBuf block = slots[slot(n)];
        slots[slot(n)] = null;
        return block;
    }

    void releaseAll() {
        for (int i = 0; i < slots.length; i++) {
            if (slots[i] != null) {
                slots[i].release();
                slots[i] = null;
            }
        }
    }

    private int slot(long n) {
        return (int) (n % slots.length);
    }
}
