package dev.lockstep.tftp.internal.channel.file;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.internal.channel.TransferContext;
import dev.lockstep.tftp.io.Source;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Reads a source in chunks on the I/O pool, one chunk ahead of the one that is being sent, and slices blocks off on the
 * event loop. A chunk is a whole number of blocks, so no block spans two chunks.
 */
public final class ReadAhead implements OutgoingFile {
    private static final int SMALL_CHUNK = 32 * 1024;
    private static final int LARGE_CHUNK = 256 * 1024;
    private static final int WINDOWS_PER_CHUNK = 4;

    private final Source source;
    private final int blksize;
    private final int wanted;
    private final int least;
    private final EventExecutor loop;
    private final BlockingTasks work;
    private final ChunkAllocator memory;
    private final BufferBudget budget;
    private final Owner owner;

    private record Chunk(ByteBuf bytes, int size) {}

    private final ArrayDeque<Chunk> chunks = new ArrayDeque<>(2);
    /** Bytes reserved for the last used-up chunk. Blocks sliced from it may still await their ACK. */
    private int spent;

    private boolean reading;
    private long read;
    private boolean atEnd;
    private boolean lastTaken;
    private boolean blockRequested;
    private Runnable closed;

    /** Creates a reader that takes ownership of the source. */
    ReadAhead(Source source, int blksize, int windowsize, TransferContext context, EventExecutor loop, Owner owner) {
        this.source = source;
        this.atEnd = source.size() == 0;
        this.blksize = blksize;
        this.least = blksize * Math.max(1, Math.min(windowsize, LARGE_CHUNK / blksize));
        long several = (long) blksize * windowsize * WINDOWS_PER_CHUNK;
        int chunk = (int) Math.max(SMALL_CHUNK, Math.min(LARGE_CHUNK, several));
        this.wanted = Math.max(least, chunk / blksize * blksize);
        this.work = new BlockingTasks(source.mayBlock() ? context.io() : Runnable::run, loop);
        this.memory = new ChunkAllocator(context, loop);
        this.budget = context.budget();
        this.loop = loop;
        this.owner = owner;
    }

    @Override
    public void start() {
        readMore();
    }

    @Override
    public ByteBuf poll() {
        Chunk chunk = chunks.peek();
        if (chunk == null) {
            if (atEnd && !lastTaken) {
                lastTaken = true;
                return Unpooled.EMPTY_BUFFER; // the last block of a file of whole blocks is empty
            }
            blockRequested = true;
            readMore();
            return null;
        }
        int length = Math.min(blksize, chunk.bytes.readableBytes());
        lastTaken = length < blksize;
        ByteBuf block = chunk.bytes.readRetainedSlice(length);
        if (!chunk.bytes.isReadable()) {
            Chunk used = chunks.remove();
            used.bytes.release();
            giveBackSpent();
            spent = used.size;
            readMore();
        }
        return block;
    }

    /** Requests the next chunk, unless two are available, one is being read, or there is none left. */
    private void readMore() {
        if (reading || atEnd || chunks.size() > 1 || closed != null) {
            return;
        }
        int size = budget.tryTake(sizeOfNext(wanted), sizeOfNext(least));
        if (size > 0) {
            read(size);
        } else if (chunks.isEmpty()) {
            reading = true;
            giveBackSpent(); // otherwise waiting transfers could wait for each other
            int needed = sizeOfNext(least);
            budget.takeLater(needed, () -> loop.execute(() -> read(needed)));
        }
    }

    /** Returns {@code size}, or the number of bytes left in the file if that is known and smaller. */
    private int sizeOfNext(int size) {
        long fileSize = source.size();
        return fileSize == Source.UNKNOWN_SIZE ? size : (int) Math.min(size, fileSize - read);
    }

    private void read(int size) {
        reading = true;
        if (closed != null) {
            reading = false;
            budget.giveBack(size);
            closeSource();
            return;
        }
        ByteBuf bytes = memory.tryTake(size);
        if (bytes != null) {
            Chunk chunk = new Chunk(bytes, size);
            work.perform(() -> fill(chunk), failure -> arrived(chunk, failure));
        } else if (!memory.takeLater(read == 0, () -> read(size))) {
            reading = false;
            atEnd = true;
            budget.giveBack(size);
            loop.execute(() -> owner.failed(ChunkAllocator.none()));
        }
    }

    /** Reads until the chunk is full or the source ends. */
    @Blocking
    private void fill(Chunk chunk) throws IOException {
        ByteBuffer to = chunk.bytes.internalNioBuffer(0, chunk.size);
        int start = to.position();
        while (to.hasRemaining()) {
            if (source.read(to) < 0) {
                break;
            }
        }
        chunk.bytes.writerIndex(to.position() - start);
    }

    private void arrived(Chunk chunk, TftpException failure) {
        reading = false;
        int length = chunk.bytes.readableBytes();
        read += length;
        long fileSize = source.size();
        atEnd = read == fileSize || length < chunk.size;
        if (closed != null || failure != null || length == 0) {
            release(chunk);
        } else {
            chunks.add(chunk);
        }
        if (closed != null) {
            closeSource();
        } else if (failure != null) {
            owner.failed(failure);
        } else if (atEnd && fileSize != Source.UNKNOWN_SIZE && read < fileSize) {
            owner.failed(new TftpException(ErrorCode.NOT_DEFINED, "file became shorter while it was read"));
        } else {
            readMore();
            if (blockRequested) {
                blockRequested = false;
                owner.ready();
            }
        }
    }

    @Override
    public long pendingTime(long now) {
        return work.pendingTime(now);
    }

    @Override
    public void close(Runnable whenClosed) {
        closed = whenClosed;
        chunks.forEach(this::release);
        chunks.clear();
        giveBackSpent();
        if (reading) {
            work.cancel(); // its memory is needed by other transfers, even if the disk does not respond
        } else {
            closeSource();
        }
    }

    private void closeSource() {
        work.perform(source::close, failure -> closed.run());
    }

    private void giveBackSpent() {
        if (spent > 0) {
            budget.giveBack(spent);
            spent = 0;
        }
    }

    private void release(Chunk chunk) {
        chunk.bytes.release();
        budget.giveBack(chunk.size);
    }
}
