package dev.lockstep.tftp.internal.channel.file;

import dev.lockstep.tftp.codec.TftpException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayDeque;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Takes the chunks of a file from a {@link ChunkReader}, one chunk ahead of the one that is being sent, and slices
 * blocks off on the event loop.
 */
final class ReadAhead implements OutgoingFile {
    /** The longest wait for direct memory of the process, after which the transfer fails. */
    private static final long MAX_WAIT_SECONDS = 30;

    private static final long NONE = Long.MIN_VALUE;

    private final ChunkReader reader;
    private final int blksize;
    private final EventExecutor loop;
    private final BufferBudget budget;
    private final Owner owner;

    /** The chunk that is being sent and the next one. */
    private final ArrayDeque<Chunk> chunks = new ArrayDeque<>(2);
    /** Number of bytes of the first chunk that have been taken. */
    private int position;
    /** The last used-up chunk. Blocks sliced from it may still await their ACK. */
    private Chunk spent;
    /** The beginning of a block whose end is in the next chunk. */
    private ByteBuf head;

    private boolean begun;
    /** Time at which the running read was requested, or {@link #NONE}. */
    private long readingSince = NONE;

    /** Time since which the reader waits for bytes that another machine has not sent yet, or {@link #NONE}. */
    private long awaitingBytesSince = NONE;

    private boolean awaitingMemory;
    private Future<?> timeout;
    private boolean failed;
    private boolean lastTaken;
    private boolean blockRequested;
    private Runnable closed;

    /** Creates a file that supplies the chunks of the reader in blocks. */
    ReadAhead(ChunkReader reader, int blksize, BufferBudget budget, EventExecutor loop, Owner owner) {
        this.reader = reader;
        this.blksize = blksize;
        this.budget = budget;
        this.loop = loop;
        this.owner = owner;
    }

    @Override
    public void start() {
        readMore();
    }

    @Override
    public ByteBuf poll() {
        if (chunks.isEmpty()) {
            if (isAtEnd() && !lastTaken) {
                lastTaken = true;
                return Unpooled.EMPTY_BUFFER; // the last block of a file of whole blocks is empty
            }
            readMore();
            blockRequested = chunks.isEmpty();
            if (blockRequested) {
                return null;
            }
        }
        Chunk chunk = chunks.peek();
        int begin = head == null ? 0 : head.readableBytes();
        int length = Math.min(blksize - begin, chunk.length() - position);
        ByteBuf block = chunk.bytes().retainedSlice(position, length);
        position += length;
        if (position == chunk.length()) {
            releaseSpent();
            spent = chunks.remove();
            position = 0;
            readMore();
        }
        boolean whole = begin + length == blksize || isAtEnd();
        if (head != null || !whole) {
            block = joined(block);
        }
        if (!whole) {
            head = block;
            return poll();
        }
        lastTaken = block.readableBytes() < blksize;
        return block;
    }

    private boolean isAtEnd() {
        return chunks.isEmpty() && reader.isAtEnd() && !failed;
    }

    /** Copies the parts of a block that spans two chunks into one buffer. */
    private ByteBuf joined(ByteBuf part) {
        ByteBuf whole = head == null ? Unpooled.buffer(blksize, blksize) : head;
        head = null;
        whole.writeBytes(part, part.readerIndex(), part.readableBytes());
        part.release();
        return whole;
    }

    /** Takes chunks in memory and requests the next one, unless two are available or there is none left. */
    private void readMore() {
        while (!isWaiting() && !failed && closed == null && chunks.size() < 2 && !reader.isAtEnd()) {
            Chunk chunk = reader.tryTake();
            if (chunk != null) {
                add(chunk);
                continue;
            }
            if (reader.awaitBytes(() -> loop.execute(this::bytesArrived))) {
                awaitingBytesSince = loop.ticker().nanoTime();
                return;
            }
            int size = budget.tryTake(reader.nextSize(false), reader.nextSize(true));
            if (size > 0) {
                read(size);
            } else if (chunks.isEmpty()) {
                awaitMemory(reader.nextSize(true));
            } else {
                return; // there is a chunk to send, so the next one can wait
            }
        }
    }

    private boolean isWaiting() {
        return isReading() || awaitingMemory || awaitingBytesSince != NONE;
    }

    private boolean isReading() {
        return readingSince != NONE;
    }

    private void bytesArrived() {
        awaitingBytesSince = NONE;
        proceed();
    }

    private void read(int size) {
        readingSince = loop.ticker().nanoTime();
        reader.read(size, this::arrived);
    }

    private void awaitMemory(int size) {
        awaitingMemory = true;
        releaseSpent(); // otherwise waiting transfers could wait for each other
        if (!budget.takeLater(size, begun, () -> loop.execute(() -> granted(size)))) {
            loop.execute(() -> fail(Chunk.outOfMemory()));
        } else if (budget.isScarce()) {
            timeout = loop.schedule(() -> fail(Chunk.outOfMemory()), MAX_WAIT_SECONDS, TimeUnit.SECONDS);
        }
    }

    private void granted(int size) {
        cancelTimeout();
        awaitingMemory = false;
        if (closed != null || failed) {
            budget.giveBack(size);
        } else {
            read(size);
        }
    }

    private void arrived(Chunk chunk, TftpException failure) {
        readingSince = NONE;
        if (closed != null) {
            ReferenceCountUtil.release(chunk);
            closed.run();
        } else if (failure != null) {
            fail(failure);
        } else {
            if (chunk != null) {
                add(chunk);
            }
            proceed();
        }
    }

    private void proceed() {
        readMore();
        if (blockRequested && closed == null && (!chunks.isEmpty() || isAtEnd())) {
            blockRequested = false;
            owner.ready();
        }
    }

    private void add(Chunk chunk) {
        begun = true;
        chunks.add(chunk);
    }

    private void fail(TftpException cause) {
        if (closed == null) {
            failed = true;
            owner.failed(cause);
        }
    }

    @Override
    public long pendingTime(long now) {
        long since = isReading() ? readingSince : awaitingBytesSince;
        return since == NONE ? 0 : now - since;
    }

    @Override
    public void close(Runnable whenClosed) {
        closed = whenClosed;
        chunks.forEach(Chunk::release);
        chunks.clear();
        releaseSpent();
        ReferenceCountUtil.release(head);
        head = null;
        cancelTimeout();
        if (isReading()) {
            reader.cancel(); // its memory is needed by other transfers, even if the disk does not respond
        } else {
            closed.run();
        }
    }

    private void cancelTimeout() {
        if (timeout != null) {
            timeout.cancel(false);
        }
    }

    private void releaseSpent() {
        ReferenceCountUtil.release(spent);
        spent = null;
    }
}
