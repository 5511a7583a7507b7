package dev.lockstep.tftp.internal.channel.file;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.internal.channel.TransferContext;
import dev.lockstep.tftp.io.SharedSource;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Takes the chunks of a file from a {@link ChunkCache} and reads missing ones on the I/O pool. Chunks are read for all
 * transfers, or only for this one after a shared read has failed. Blocks are sliced off on the event loop.
 */
final class SharedReadAhead implements OutgoingFile {
    private static final int CHUNK_SIZE = ChunkCache.CHUNK_SIZE;
    private static final long NONE = Long.MIN_VALUE;

    private final SharedSource source;
    private final Object version;
    private final long size;
    private final int blksize;
    private final EventExecutor loop;
    private final BlockingTasks work;
    private final ChunkAllocator memory;
    private final BufferBudget budget;
    private final ChunkCache cache;
    private final Owner owner;

    /** The chunk that is being sent and the next one. */
    private final ArrayDeque<CachedChunk> chunks = new ArrayDeque<>(2);
    /** The last used-up chunk. Blocks sliced from it may still await their ACK. */
    private CachedChunk spent;
    /** The beginning of a block whose end is in the next chunk. */
    private ByteBuf head;

    /** Offset of the next block in the file, in bytes. */
    private long offset;

    /** Number of chunks taken from the cache or read. */
    private long taken;

    /** Time since which another transfer has been reading the chunk that is needed next, or {@link #NONE}. */
    private long awaitedSince = NONE;

    private boolean sharing = true;
    private boolean waiting;
    private boolean lastTaken;
    private boolean blockRequested;
    private Runnable closed;

    /** Creates a reader that takes ownership of the source. */
    SharedReadAhead(SharedSource source, int blksize, TransferContext context, EventExecutor loop, Owner owner) {
        this.source = source;
        this.version = source.version();
        this.size = source.size();
        this.blksize = blksize;
        this.loop = loop;
        this.work = new BlockingTasks(context.io(), loop);
        this.memory = new ChunkAllocator(context, loop);
        this.budget = context.budget();
        this.cache = context.chunks();
        this.owner = owner;
    }

    @Override
    public void start() {
        takeMore();
    }

    @Override
    public ByteBuf poll() {
        int begun = head == null ? 0 : head.readableBytes();
        int want = (int) Math.min(blksize - begun, size - offset);
        if (want == 0 && !lastTaken) {
            lastTaken = true;
            return Unpooled.EMPTY_BUFFER; // the last block of a file of whole blocks is empty
        }
        if (chunks.isEmpty()) {
            takeMore();
            blockRequested = chunks.isEmpty();
        }
        if (blockRequested) {
            return null;
        }
        int at = (int) (offset % CHUNK_SIZE);
        int here = Math.min(want, CHUNK_SIZE - at);
        ByteBuf block = chunks.peek().bytes().retainedSlice(at, here);
        offset += here;
        if (at + here == CHUNK_SIZE || offset == size) {
            releaseSpent();
            spent = chunks.remove();
            takeMore();
        }
        if (head != null || here < want) {
            block = joined(block);
        }
        if (here < want) {
            head = block;
            return poll();
        }
        lastTaken = block.readableBytes() < blksize;
        return block;
    }

    /** Copies the parts of a block that spans two chunks into one buffer. */
    private ByteBuf joined(ByteBuf part) {
        ByteBuf whole = head == null ? Unpooled.buffer(blksize, blksize) : head;
        head = null;
        whole.writeBytes(part, part.readerIndex(), part.readableBytes());
        part.release();
        return whole;
    }

    /** Takes cached chunks and requests the first one that is not cached. */
    private void takeMore() {
        while (!waiting && closed == null && chunks.size() < 2 && taken * CHUNK_SIZE < size) {
            CachedChunk chunk = sharing ? cache.get(version, taken) : null;
            if (chunk != null) {
                chunks.add(chunk);
                taken++;
                continue;
            }
            int length = (int) Math.min(CHUNK_SIZE, size - taken * CHUNK_SIZE);
            if (budget.tryTake(length, length) > 0) {
                waiting = true;
                request(length);
            } else if (chunks.isEmpty()) {
                waiting = true;
                releaseSpent(); // otherwise waiting transfers could wait for each other
                budget.takeLater(length, () -> loop.execute(() -> request(length)));
            } else {
                return; // there is a chunk to send, so the next one can wait
            }
        }
    }

    /**
     * Requests the next chunk, which is read by the first transfer that requests it. Memory for it has been reserved.
     */
    private void request(int length) {
        if (closed != null) {
            budget.giveBack(length);
            arrived(null, null);
        } else if (sharing && cache.await(version, taken, this::fromOther)) {
            awaitedSince = loop.ticker().nanoTime();
            budget.giveBack(length);
        } else {
            CachedChunk here = sharing ? cache.get(version, taken) : null; // cached in the meantime
            if (here == null) {
                read(length);
            } else {
                budget.giveBack(length);
                cache.done(version, taken, here);
                work.onLoop(() -> arrived(here, null));
            }
        }
    }

    private void read(int length) {
        ByteBuf bytes = closed == null ? memory.tryTake(length) : null;
        if (bytes == null) {
            boolean later = closed == null && memory.takeLater(taken == 0, () -> read(length));
            if (!later) {
                budget.giveBack(length);
                publish(null);
                work.onLoop(() -> arrived(null, ChunkAllocator.none()));
            }
            return;
        }
        CachedChunk chunk = new CachedChunk(bytes, length, budget);
        long from = taken * CHUNK_SIZE;
        work.perform(() -> fill(bytes, from), failure -> {
            publish(failure == null ? chunk : null);
            if (failure == null) {
                arrived(chunk, null);
            } else {
                chunk.release();
                arrived(null, failure);
            }
        });
    }

    /** Reads one chunk. */
    @Blocking
    private void fill(ByteBuf chunk, long from) throws IOException {
        ByteBuffer to = chunk.internalNioBuffer(0, chunk.capacity());
        int start = to.position();
        while (to.hasRemaining()) {
            if (source.read(to, from + to.position() - start) < 0) {
                throw new TftpException(ErrorCode.NOT_DEFINED, "file became shorter while it was read");
            }
        }
        chunk.writerIndex(chunk.capacity());
    }

    /**
     * Passes a chunk that was read to the waiting transfers and to the cache. After null, this transfer no longer
     * shares chunks.
     */
    private void publish(CachedChunk chunk) {
        if (sharing) {
            sharing = chunk != null;
            cache.done(version, taken, chunk);
        }
    }

    /** Called on the event loop of the transfer that read the chunk. */
    private void fromOther(CachedChunk chunk) {
        work.onLoop(() -> {
            sharing &= chunk != null;
            arrived(chunk, null);
        });
    }

    /**
     * Called when the wait has ended.
     *
     * @param chunk null if the chunk cannot be shared or could not be read
     * @param failure null unless the chunk could not be read
     */
    private void arrived(CachedChunk chunk, TftpException failure) {
        waiting = false;
        awaitedSince = NONE;
        if (closed != null) {
            ReferenceCountUtil.release(chunk);
            closeSource();
        } else if (failure != null) {
            owner.failed(failure);
        } else {
            if (chunk != null) {
                chunks.add(chunk);
                taken++;
            }
            takeMore();
            if (blockRequested && !chunks.isEmpty()) {
                blockRequested = false;
                owner.ready();
            }
        }
    }

    @Override
    public long pendingTime(long now) {
        long since = awaitedSince;
        return since == NONE ? work.pendingTime(now) : now - since;
    }

    @Override
    public void close(Runnable whenClosed) {
        closed = whenClosed;
        chunks.forEach(CachedChunk::release);
        chunks.clear();
        releaseSpent();
        ReferenceCountUtil.release(head);
        head = null;
        if (!waiting) {
            closeSource();
        }
    }

    private void closeSource() {
        work.perform(source::close, failure -> closed.run());
    }

    private void releaseSpent() {
        ReferenceCountUtil.release(spent);
        spent = null;
    }
}
