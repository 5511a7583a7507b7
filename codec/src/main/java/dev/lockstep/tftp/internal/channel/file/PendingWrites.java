package dev.lockstep.tftp.internal.channel.file;

import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.io.Sink;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
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

    private final ByteBufAllocator allocator;
    private final Deque<ByteBuf> chunks = new ArrayDeque<>();
    private int size;

    PendingWrites(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /** Returns the number of bytes that wait to be written. */
    int size() {
        return size;
    }

    /**
     * Copies a block. The caller keeps its reference.
     *
     * @throws OutOfMemoryError if there is neither direct memory nor heap
     */
    void add(ByteBuf block) {
        int from = block.readerIndex();
        int left = block.readableBytes();
        while (left > 0) {
            ByteBuf last = chunks.peekLast();
            if (last == null || !last.isWritable()) {
                last = chunk(left);
                chunks.add(last);
            }
            int length = Math.min(left, last.writableBytes());
            last.writeBytes(block, from, length);
            size += length;
            from += length;
            left -= length;
        }
    }

    private ByteBuf chunk(int block) {
        int room = chunks.isEmpty() ? Math.min(CHUNK_SIZE, BLOCKS_IN_FIRST * block) : CHUNK_SIZE;
        try {
            return allocator.directBuffer(room, room);
        } catch (OutOfMemoryError e) {
            return Unpooled.buffer(block, block); // the block is accepted already, and the heap is separate memory
        }
    }

    /** Writes all blocks to the sink. */
    @Blocking
    void writeTo(Sink sink) throws IOException {
        for (ByteBuf chunk : chunks) {
            sink.write(chunk.nioBuffer());
        }
    }

    /** Releases the memory. */
    void release() {
        chunks.forEach(ByteBuf::release);
        chunks.clear();
        size = 0;
    }
}
