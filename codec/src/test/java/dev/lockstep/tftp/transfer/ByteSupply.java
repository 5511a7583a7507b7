package dev.lockstep.tftp.transfer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** A source of blocks from an array. It can be made to delay blocks, like a slow disk. */
final class ByteSupply implements BlockSource {
    private final byte[] content;
    private final int blksize;
    private int position;
    private boolean lastTaken;
    /** The number of blocks that have already been read. */
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
