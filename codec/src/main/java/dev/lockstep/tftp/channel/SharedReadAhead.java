package dev.lockstep.tftp.channel;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.transfer.SharedSource;
import dev.lockstep.tftp.transfer.TftpException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Takes the pieces of a file from a {@link ChunkCache}, and reads on the I/O pool what is not there: for all transfers,
 * or only for this one from the moment on that somebody failed to. Blocks are cut off on the event loop.
 */
final class SharedReadAhead implements OutgoingFile {
    private static final int PIECE = ChunkCache.PIECE;

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

    /** The one that is being sent and the next one. */
    private final ArrayDeque<CachedChunk> chunks = new ArrayDeque<>(2);
    /** Used up last: blocks cut from it may still wait for their ACK. */
    private CachedChunk spent;
    /** The beginning of a block whose end is in the next piece. */
    private ByteBuf head;

    /** Of the file: where the next block begins, and how many pieces were taken. */
    private long offset;

    private long taken;

    private boolean sharing = true;
    private boolean waiting;
    private boolean lastTaken;
    private boolean hungry;
    private Runnable closed;

    /** Takes the source over. */
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
            return Unpooled.EMPTY_BUFFER; // a size that is a whole number of blocks ends in an empty one
        }
        if (chunks.isEmpty()) {
            takeMore();
            hungry = chunks.isEmpty();
        }
        if (hungry) {
            return null;
        }
        int at = (int) (offset % PIECE);
        int here = Math.min(want, PIECE - at);
        ByteBuf block = chunks.peek().bytes().retainedSlice(at, here);
        offset += here;
        if (at + here == PIECE || offset == size) {
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

    /** A block across two pieces is a copy. */
    private ByteBuf joined(ByteBuf part) {
        ByteBuf whole = head == null ? Unpooled.buffer(blksize, blksize) : head;
        head = null;
        whole.writeBytes(part, part.readerIndex(), part.readableBytes());
        part.release();
        return whole;
    }

    /** Takes what is in the cache at once, and sees to it that the first piece that is not there comes. */
    private void takeMore() {
        while (!waiting && closed == null && chunks.size() < 2 && taken * PIECE < size) {
            CachedChunk chunk = sharing ? cache.get(version, taken) : null;
            if (chunk != null) {
                chunks.add(chunk);
                taken++;
                continue;
            }
            int octets = (int) Math.min(PIECE, size - taken * PIECE);
            if (budget.tryTake(octets, octets) > 0) {
                waiting = true;
                request(octets);
            } else if (chunks.isEmpty()) {
                waiting = true;
                releaseSpent(); // or those who wait could wait for each other
                budget.takeLater(octets, () -> loop.execute(() -> request(octets)));
            } else {
                return; // there is one to send: the next one can wait
            }
        }
    }

    /** Has the next piece read, by whoever asks first; there is memory for it. */
    private void request(int octets) {
        if (closed != null) {
            budget.giveBack(octets);
            arrived(null, null);
        } else if (sharing && cache.await(version, taken, this::fromOther)) {
            budget.giveBack(octets);
        } else {
            CachedChunk here = sharing ? cache.get(version, taken) : null; // it came in between
            if (here == null) {
                read(octets);
            } else {
                budget.giveBack(octets);
                cache.done(version, taken, here);
                work.onLoop(() -> arrived(here, null));
            }
        }
    }

    private void read(int octets) {
        ByteBuf bytes = closed == null ? memory.tryTake(octets) : null;
        if (bytes == null) {
            boolean later = closed == null && memory.takeLater(taken == 0, () -> read(octets));
            if (!later) {
                budget.giveBack(octets);
                publish(null);
                work.onLoop(() -> arrived(null, ChunkAllocator.none()));
            }
            return;
        }
        CachedChunk chunk = new CachedChunk(bytes, octets, budget);
        long from = taken * PIECE;
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

    /** On the I/O pool. */
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

    /** Gives what was read to those who wait for it, and to the cache; after a null this transfer is on its own. */
    private void publish(CachedChunk chunk) {
        if (sharing) {
            sharing = chunk != null;
            cache.done(version, taken, chunk);
        }
    }

    /** On the reader's event loop. */
    private void fromOther(CachedChunk chunk) {
        work.onLoop(() -> {
            sharing &= chunk != null;
            arrived(chunk, null);
        });
    }

    /** The wait is over: for a piece, for nothing, or for a failure. */
    private void arrived(CachedChunk chunk, TftpException failure) {
        waiting = false;
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
            if (hungry && !chunks.isEmpty()) {
                hungry = false;
                owner.ready();
            }
        }
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
