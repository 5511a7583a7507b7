package dev.lockstep.tftp.transfer;

import io.netty.buffer.ByteBuf;

/**
 * Blocks of one window, kept as they are on the wire: at the sender those not acknowledged, so that a resend is the
 * same bytes; at the receiver those that came before one that is missing.
 */
final class BlockWindow {
    /** Block n stands in slot n modulo the size. */
    private final ByteBuf[] slots;

    BlockWindow(int size) {
        slots = new ByteBuf[size];
    }

    int size() {
        return slots.length;
    }

    /** Takes block {@code n} over; its slot is free, since the window is no wider than this. */
    void put(long n, ByteBuf block) {
        slots[slot(n)] = block;
    }

    /** Block {@code n}, still owned by the window. */
    ByteBuf get(long n) {
        return slots[slot(n)];
    }

    /** Gives block {@code n} back; returns its length in octets. */
    int drop(long n) {
        ByteBuf block = slots[slot(n)];
        slots[slot(n)] = null;
        int length = block.readableBytes();
        block.release();
        return length;
    }

    /** Block {@code n}, which the caller owns from now on, or null if it is not here. */
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
