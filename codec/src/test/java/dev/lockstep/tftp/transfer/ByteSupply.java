package dev.lockstep.tftp.transfer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** Blocks of an array; may be made to wait, as a slow disk does. */
final class ByteSupply implements BlockSource {
    private final byte[] content;
    private final int blksize;
    private int position;
    private boolean lastTaken;
    /** How many more blocks are read already. */
    int ready = Integer.MAX_VALUE;

    ByteSupply(byte[] content, int blksize) {
        this.content = content;
        this.blksize = blksize;
    }

    @Override
    public ByteBuf poll() {
        if (lastTaken) {
            throw new IllegalStateException("polled after the last block");
        }
        if (ready == 0) {
            return null;
        }
        ready--;
        int length = Math.min(blksize, content.length - position);
        ByteBuf block = Unpooled.wrappedBuffer(content, position, length);
        position += length;
        lastTaken = length < blksize;
        return block;
    }
}
