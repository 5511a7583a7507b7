package dev.lockstep.tftp.internal.channel.file;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.internal.channel.TransferContext;
import dev.lockstep.tftp.io.Sink;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.EventExecutor;

/**
 * Collects blocks on the event loop and writes them in chunks on the I/O pool. One chunk is written while the next one
 * fills. When that is full as well there is no room, and the peer waits for its ACK. How much may be pending depends on
 * the budget: enough for a fast link if memory is plentiful, little if it is short.
 */
public final class WriteBehind implements IncomingFile {
    /** Bytes that are worth one task on the I/O pool. */
    private static final int CHUNK_SIZE = 64 * 1024;
    /**
     * Bytes that are worth one task if memory is plentiful, from the second chunk on: each task costs processor time.
     */
    private static final int LARGE_CHUNK_SIZE = 256 * 1024;
    /** Bytes that may be pending if memory is short. */
    private static final int MIN_PENDING = 128 * 1024;
    /** Additional bytes that may be pending if memory is plentiful. */
    private static final int EXTRA_PENDING = 512 * 1024;

    private final Sink sink;
    private final BlockingTasks work;
    private final EventExecutor loop;
    private final ByteBufAllocator allocator;
    private final BufferBudget budget;
    private final Owner owner;

    private int granted;
    private PendingWrites waiting;
    private boolean busy;
    private boolean commitRequested;
    private boolean committing;
    private boolean roomRequested;
    private boolean failed;
    private Runnable closed;

    /** Creates a writer that takes ownership of the sink. */
    WriteBehind(Sink sink, TransferContext context, EventExecutor loop, Owner owner) {
        this.sink = sink;
        this.work = new BlockingTasks(context.io(), loop);
        this.loop = loop;
        this.allocator = context.allocator();
        this.waiting = new PendingWrites(allocator);
        this.budget = context.budget();
        this.owner = owner;
    }

    @Override
    public void start() {
        // the peer sends first
    }

    @Override
    public void offer(ByteBuf block) {
        if (failed || closed != null || !block.isReadable()) {
            return;
        }
        try {
            waiting.add(block);
        } catch (OutOfMemoryError e) {
            failed = true;
            loop.execute(() -> owner.failed(ChunkAllocator.none()));
            return;
        }
        writeMore();
    }

    @Override
    public boolean hasRoom() {
        if (waiting.size() >= MIN_PENDING && granted == 0) {
            granted = budget.tryTake(EXTRA_PENDING, EXTRA_PENDING);
        }
        roomRequested = waiting.size() >= MIN_PENDING + granted;
        return !roomRequested;
    }

    @Override
    public void commit() {
        commitRequested = true;
        writeMore();
    }

    /** Starts the next task, unless one is running. */
    private void writeMore() {
        if (busy || failed || closed != null) {
            return;
        }
        if (waiting.size() >= (commitRequested ? 1 : minWriteSize())) {
            busy = true;
            PendingWrites taken = waiting;
            waiting = new PendingWrites(allocator);
            work.perform(() -> taken.writeTo(sink), failure -> {
                taken.release();
                done(failure);
            });
        } else if (commitRequested) {
            commitRequested = false;
            committing = true;
            busy = true;
            work.perform(sink::commit, this::done);
        }
    }

    private int minWriteSize() {
        return granted > 0 ? LARGE_CHUNK_SIZE : CHUNK_SIZE;
    }

    private void done(TftpException failure) {
        busy = false;
        if (failed && closed == null) {
            return; // a block is missing: nothing more is written, least of all a commit
        }
        failed |= failure != null;
        if (closed != null) {
            closeSink();
        } else if (failed) {
            owner.failed(failure);
        } else if (committing) {
            owner.stored();
        } else {
            if (granted == 0 && budget.isAmple()) {
                granted = budget.tryTake(EXTRA_PENDING, EXTRA_PENDING);
            }
            writeMore();
            if (roomRequested && hasRoom()) {
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
        waiting.release();
        if (granted > 0) {
            budget.giveBack(granted);
        }
        if (busy) {
            work.cancel();
        } else {
            closeSink();
        }
    }

    private void closeSink() {
        work.perform(sink::close, failure -> closed.run());
    }
}
