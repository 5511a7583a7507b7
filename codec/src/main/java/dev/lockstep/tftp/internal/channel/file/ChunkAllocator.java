package dev.lockstep.tftp.internal.channel.file;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.concurrent.EventLoop;
import dev.lockstep.tftp.internal.channel.TransferContext;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Allocates the buffers for the chunks of one transfer. If there is no memory for a chunk, the chunk cache is cleared.
 * If that does not help, the transfer waits until others end, unless it is for its first chunk.
 */
@EventLoop
final class ChunkAllocator {
    private static final int DATAGRAMS = 1 << 20;
    /**
     * Smallest chunk that is checked for room for datagrams. Smaller chunks leave enough room and are frequent, so that
     * the check would cost more than reading them.
     */
    private static final int LARGE = 64 * 1024;

    private static final long PAUSE_MILLIS = 50;
    /** The largest number of consecutive pauses: 30 s. */
    private static final int MAX_PAUSES = 600;

    private final ByteBufAllocator allocator;
    private final ChunkCache cache;
    private final EventExecutor loop;
    private int pauses;

    ChunkAllocator(TransferContext context, EventExecutor loop) {
        this.allocator = context.allocator();
        this.cache = context.chunks();
        this.loop = loop;
    }

    /**
     * Returns a buffer, or null if there is no memory for it now.
     *
     * @param size the capacity in bytes
     */
    ByteBuf tryTake(int size) {
        try {
            ByteBuf bytes = take(size);
            pauses = 0;
            return bytes;
        } catch (OutOfMemoryError e) {
            return null;
        }
    }

    private ByteBuf take(int size) {
        try {
            return takeBesideDatagrams(size);
        } catch (OutOfMemoryError e) {
            if (cache == null) {
                throw e;
            }
            cache.clear();
            return takeBesideDatagrams(size);
        }
    }

    /**
     * Allocates a buffer only if there is also memory for datagrams. Without it no chunk could be sent and released.
     */
    private ByteBuf takeBesideDatagrams(int size) {
        ByteBuf bytes = allocator.directBuffer(size, size);
        if (size < LARGE) {
            return bytes;
        }
        try {
            allocator.directBuffer(DATAGRAMS, DATAGRAMS).release();
            return bytes;
        } catch (OutOfMemoryError e) {
            bytes.release();
            throw e;
        }
    }

    /**
     * Schedules another attempt.
     *
     * @param first whether this is the first chunk of the transfer
     * @param again the attempt
     * @return whether it was scheduled; false for the first chunk and after too many pauses
     */
    boolean takeLater(boolean first, Runnable again) {
        if (first || pauses == MAX_PAUSES) {
            return false;
        }
        pauses++;
        loop.schedule(again, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        return true;
    }

    /** Returns the failure that is reported to the peer if no memory becomes available. */
    static TftpException none() {
        return new TftpException(ErrorCode.NOT_DEFINED, "out of memory, try again");
    }
}
