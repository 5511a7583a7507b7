package dev.lockstep.tftp.channel;

import dev.lockstep.tftp.transfer.Sink;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Blocks of an upload that wait for the disk: copied once, out of the datagram into a piece, which never grows. Filled on
 * the event loop; whoever has it may hand it to another thread as a whole.
 */
final class PendingWrites {
    private static final int PIECE = 64 * 1024;
    /** Blocks in the first piece: most uploads are configurations of a few. */
    private static final int FIRST = 4;

    private final ByteBufAllocator allocator;
    private final Deque<ByteBuf> chunks = new ArrayDeque<>();
    private int octets;

    PendingWrites(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /** What waits. */
    int octets() {
        return octets;
    }

    /**
     * Copies a block; the reference stays with the caller.
     *
     * @throws OutOfMemoryError if there is no memory of either kind
     */
    void add(ByteBuf block) {
        int from = block.readerIndex();
        int left = block.readableBytes();
        octets += left;
        while (left > 0) {
            ByteBuf last = chunks.peekLast();
            if (last == null || !last.isWritable()) {
                last = chunk(left);
                chunks.add(last);
            }
            int some = Math.min(left, last.writableBytes());
            last.writeBytes(block, from, some);
            from += some;
            left -= some;
        }
    }

    private ByteBuf chunk(int block) {
        int room = chunks.isEmpty() ? Math.min(PIECE, FIRST * block) : PIECE;
        try {
            return allocator.directBuffer(room, room);
        } catch (OutOfMemoryError e) {
            return Unpooled.buffer(block, block); // the block is taken already, and the heap is another memory
        }
    }

    /** Blocks: for the I/O pool. */
    void writeTo(Sink sink) throws IOException {
        for (ByteBuf chunk : chunks) {
            sink.write(chunk.nioBuffer());
        }
    }

    /** Gives the memory back. */
    void release() {
        chunks.forEach(ByteBuf::release);
        chunks.clear();
        octets = 0;
    }
}
