package dev.lockstep.tftp.internal.channel.file;

import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.internal.channel.TransferContext;
import dev.lockstep.tftp.io.Sink;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Holds blocks of an upload that wait to be written. Each block is copied once, from the datagram into a chunk of fixed
 * capacity. Filled on the event loop; the owner may hand the whole object to another thread.
 */
final class PendingWrites {
    private static final int CHUNK_SIZE = 64 * 1024;
    /** Blocks in the first chunk: most uploads are configuration files of a few blocks. */
    private static final int BLOCKS_IN_FIRST = 4;

    private final TransferContext context;
    private final Deque<Chunk> chunks = new ArrayDeque<>();
    private int size;

    PendingWrites(TransferContext context) {
        this.context = context;
    }

    /** Returns the number of bytes that wait to be written. */
    int size() {
        return size;
    }

    /**
     * Copies a block. The caller keeps its reference.
     *
     * @return whether there was memory for all of it; if not, the upload lacks a block
     */
    boolean add(ByteBuf block) {
        int from = block.readerIndex();
        int left = block.readableBytes();
        while (left > 0) {
            Chunk chunk = chunks.peekLast();
            if (chunk == null || !chunk.bytes().isWritable()) {
                chunk = newChunk(left);
                if (chunk == null) {
                    return false;
                }
                chunks.add(chunk);
            }
            ByteBuf last = chunk.bytes();
            int length = Math.min(left, last.writableBytes());
            last.writeBytes(block, from, length);
            size += length;
            from += length;
            left -= length;
        }
        return true;
    }

    /**
     * Returns a chunk of direct memory, or of the heap if the budget is used up, because the block is accepted already.
     * Returns null if there is neither.
     */
    private Chunk newChunk(int block) {
        int room = chunks.isEmpty() ? Math.min(CHUNK_SIZE, BLOCKS_IN_FIRST * block) : CHUNK_SIZE;
        boolean reserved = context.budget().tryTake(room, room) > 0;
        Chunk chunk = reserved ? Chunk.tryAllocate(room, true, context) : null;
        return chunk == null ? Chunk.tryAllocate(Math.max(room, block), false, context) : chunk;
    }

    /** Writes all blocks to the sink. */
    @Blocking
    void writeTo(Sink sink) throws IOException {
        for (Chunk chunk : chunks) {
            sink.write(chunk.bytes().nioBuffer());
        }
    }

    /** Releases the memory. */
    void release() {
        chunks.forEach(Chunk::release);
        chunks.clear();
        size = 0;
    }
}
