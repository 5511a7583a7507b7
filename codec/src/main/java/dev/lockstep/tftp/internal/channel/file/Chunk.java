package dev.lockstep.tftp.internal.channel.file;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.internal.channel.TransferContext;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.AbstractReferenceCounted;
import io.netty.util.ReferenceCounted;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A part of a file in memory. A cache and any number of transfers may share a chunk, each with a reference of its own;
 * then its bytes and indices must not be changed. Its memory is returned to the budget when the last reference is
 * released.
 */
public final class Chunk extends AbstractReferenceCounted {
    /** A read of one file. */
    @FunctionalInterface
    public interface Read {
        /**
         * Reads at least one byte.
         *
         * @param at the offset in the chunk of the next byte
         * @return the number of bytes read, or -1 at the end of the file
         */
        int read(ByteBuffer to, int at) throws IOException;
    }

    private final ByteBuf bytes;
    private final int reserved;
    private final BufferBudget budget;

    /**
     * Takes over the buffer and the bytes reserved for it.
     *
     * @param reserved the bytes reserved from the budget; may be 0
     */
    public Chunk(ByteBuf bytes, int reserved, BufferBudget budget) {
        this.bytes = bytes;
        this.reserved = reserved;
        this.budget = budget;
    }

    /**
     * Allocates an empty chunk of direct memory that has been reserved, or of the heap, which is separate memory. An
     * event loop must survive a failing allocator: direct memory runs out if other code of the process uses more than
     * the budget leaves to it. The reservation is given back in that case.
     *
     * @param size the capacity in bytes
     * @param reserved whether that many bytes were reserved from the budget of the context
     * @return the chunk, or null if there is no memory
     */
    public static Chunk tryAllocate(int size, boolean reserved, TransferContext context) {
        try {
            return reserved
                    ? new Chunk(context.allocator().directBuffer(size, size), size, context.budget())
                    : new Chunk(Unpooled.buffer(size, size), 0, context.budget());
        } catch (OutOfMemoryError e) {
            context.budget().giveBack(reserved ? size : 0);
            return null;
        }
    }

    /** Returns the failure that is reported to the peer if there is no memory for a chunk. */
    public static TftpException outOfMemory() {
        return new TftpException(ErrorCode.NOT_DEFINED, "out of memory, try again");
    }

    /** Returns the bytes, from 0 to the writer index. The reference stays with the chunk. */
    public ByteBuf bytes() {
        return bytes;
    }

    /** Returns the number of bytes in the chunk. */
    public int length() {
        return bytes.writerIndex();
    }

    /** Returns the number of bytes reserved for the chunk. */
    public int reserved() {
        return reserved;
    }

    /** Fills an empty chunk until it is full or the file ends. */
    @Blocking
    public void fill(Read file) throws IOException {
        ByteBuffer to = bytes.internalNioBuffer(0, bytes.capacity());
        int start = to.position();
        int read = 0;
        while (to.hasRemaining() && read >= 0) {
            read = file.read(to, to.position() - start);
        }
        bytes.writerIndex(to.position() - start);
    }

    @Override
    protected void deallocate() {
        bytes.release();
        budget.giveBack(reserved);
    }

    @Override
    public ReferenceCounted touch(Object hint) {
        bytes.touch(hint);
        return this;
    }
}
