package dev.lockstep.tftp.internal.channel.file;

import io.netty.buffer.ByteBuf;
import io.netty.util.AbstractReferenceCounted;
import io.netty.util.ReferenceCounted;

/**
 * A chunk of a file that is shared by the cache and any number of transfers, each with a reference of its own. Its
 * bytes and indices must not be changed. Its memory is returned to the budget when the last reference is released.
 */
final class CachedChunk extends AbstractReferenceCounted {
    private final ByteBuf bytes;
    private final int size;
    private final BufferBudget budget;

    /**
     * Takes over the buffer and the bytes reserved for it.
     *
     * @param size the bytes reserved from the budget
     */
    CachedChunk(ByteBuf bytes, int size, BufferBudget budget) {
        this.bytes = bytes;
        this.size = size;
        this.budget = budget;
    }

    ByteBuf bytes() {
        return bytes;
    }

    int size() {
        return size;
    }

    @Override
    protected void deallocate() {
        bytes.release();
        budget.giveBack(size);
    }

    @Override
    public ReferenceCounted touch(Object hint) {
        bytes.touch(hint);
        return this;
    }
}
