package dev.lockstep.tftp.channel;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.transfer.TftpException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Buffers for the pieces of one transfer. Where the machine has no memory for the next one, what is only kept for later
 * is given up; then the transfer waits, since others will end. Nobody waits for his first piece. On the event loop.
 */
final class ChunkAllocator {
    private static final int DATAGRAMS = 1 << 20;
    /** Less leaves room enough, and files as small as that are many: to look costs more than to read them. */
    private static final int LARGE = 64 * 1024;

    private static final long PAUSE_MILLIS = 50;
    /** In a row: half a minute. */
    private static final int MOST_PAUSES = 600;

    private final ByteBufAllocator allocator;
    private final ChunkCache cache;
    private final EventExecutor loop;
    private int pauses;

    ChunkAllocator(TransferContext context, EventExecutor loop) {
        this.allocator = context.allocator();
        this.cache = context.chunks();
        this.loop = loop;
    }

    /** A buffer of that size, or null if there is no memory for it now. */
    ByteBuf tryTake(int octets) {
        try {
            ByteBuf bytes = take(octets);
            pauses = 0;
            return bytes;
        } catch (OutOfMemoryError e) {
            return null;
        }
    }

    private ByteBuf take(int octets) {
        try {
            return takeBesideDatagrams(octets);
        } catch (OutOfMemoryError e) {
            if (cache == null) {
                throw e;
            }
            cache.clear();
            return takeBesideDatagrams(octets);
        }
    }

    /** Only where there would be room for datagrams, too: without them no piece is ever sent, and given back. */
    private ByteBuf takeBesideDatagrams(int octets) {
        ByteBuf bytes = allocator.directBuffer(octets, octets);
        if (octets < LARGE) {
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

    /** Has it tried again after a while; false if that makes no sense. */
    boolean takeLater(boolean first, Runnable again) {
        if (first || pauses == MOST_PAUSES) {
            return false;
        }
        pauses++;
        loop.schedule(again, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        return true;
    }

    /** What a peer is told in the end. */
    static TftpException none() {
        return new TftpException(ErrorCode.NOT_DEFINED, "out of memory, try again");
    }
}
