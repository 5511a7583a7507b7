package dev.lockstep.tftp.channel;

import io.netty.buffer.ByteBuf;
import io.netty.util.AbstractReferenceCounted;
import io.netty.util.ReferenceCounted;

/**
 * A piece of a file that the cache and any number of transfers hold, each with a reference of its own. Nobody writes to
 * it, and nobody moves its indices; its memory goes back to the budget with the last reference.
 */
final class CachedChunk extends AbstractReferenceCounted {
    private final ByteBuf bytes;
    private final int octets;
    private final BufferBudget budget;

    /** Takes the buffer over, and the octets that were taken from the budget for it. */
    CachedChunk(ByteBuf bytes, int octets, BufferBudget budget) {
        this.bytes = bytes;
        this.octets = octets;
        this.budget = budget;
    }

    ByteBuf bytes() {
        return bytes;
    }

    int octets() {
        return octets;
    }

    @Override
    protected void deallocate() {
        bytes.release();
        budget.giveBack(octets);
    }

    @Override
    public ReferenceCounted touch(Object hint) {
        bytes.touch(hint);
        return this;
    }
}
