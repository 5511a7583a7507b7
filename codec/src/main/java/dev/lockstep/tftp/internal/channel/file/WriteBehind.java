package dev.lockstep.tftp.internal.channel.file;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.internal.channel.TransferContext;
import dev.lockstep.tftp.io.Sink;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;

/**
 * Collects blocks on the event loop and writes them in chunks on the I/O pool. One chunk is written while the next one
 * fills. When that is full as well there is no room, and the peer waits for its ACK. How much may be pending depends on
 * the budget: enough for a fast link if memory is plentiful, little if it is short.
 */
final class WriteBehind implements IncomingFile {
    /** Bytes that are worth one task on the I/O pool. */
    private static final int CHUNK_SIZE = 64 * 1024;
    /**
     * Bytes that are worth one task if memory is plentiful, from the second chunk on: each task costs processor time.
     */
    private static final int LARGE_CHUNK_SIZE = 256 * 1024;
    /** Bytes that may be pending if memory is short. */
    private static final int MIN_PENDING = 128 * 1024;
    /** Bytes that may be pending if memory is plentiful. */
    private static final int MAX_PENDING = 640 * 1024;

    private final Sink sink;
    private final BlockingTasks work;
    private final EventExecutor loop;
    private final TransferContext context;
    private final Owner owner;

    /** True if memory was plentiful when it was last checked. */
    private boolean ample;

    private PendingWrites waiting;
    private boolean busy;
    private boolean commitRequested;
    private boolean committing;
    private boolean roomRequested;
    private boolean failed;
    private Runnable closed;

    /** Creates a writer. The sink stays with the caller. */
    WriteBehind(Sink sink, TransferContext context, EventExecutor loop, Owner owner) {
        this.sink = sink;
        this.work = new BlockingTasks(context.io(), loop);
        this.loop = loop;
        this.context = context;
        this.waiting = new PendingWrites(context);
        this.owner = owner;
    }

    @Override
    public void offer(ByteBuf block) {
        if (failed || closed != null || !block.isReadable()) {
            return;
        }
        if (waiting.add(block)) {
            writeMore();
        } else {
            failed = true;
            loop.execute(() -> owner.failed(Chunk.outOfMemory()));
        }
    }

    @Override
    public boolean requestRoom() {
        if (waiting.size() >= MIN_PENDING) {
            ample = context.budget().isAmple();
        }
        roomRequested = waiting.size() >= (ample ? MAX_PENDING : MIN_PENDING);
        if (roomRequested) {
            writeMore(); // if memory has become short, less is worth a task
        }
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
            waiting = new PendingWrites(context);
            work.perform(() -> taken.writeTo(sink), failure -> {
                taken.release();
                done(failure);
            });
        } else if (commitRequested) {
            commitRequested = false;
            committing = true;
            busy = true;
            work.begin(sink::store, (stored, failure) -> done(failure));
        }
    }

    private int minWriteSize() {
        return ample ? LARGE_CHUNK_SIZE : CHUNK_SIZE;
    }

    private void done(TftpException failure) {
        busy = false;
        if (failed && closed == null) {
            return; // a block is missing: nothing more is written, least of all a commit
        }
        failed |= failure != null;
        if (closed != null) {
            closed.run();
        } else if (failed) {
            owner.failed(failure);
        } else if (committing) {
            owner.stored();
        } else {
            ample = context.budget().isAmple();
            writeMore();
            if (roomRequested && requestRoom()) {
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
        if (busy) {
            work.cancel();
        } else {
            closed.run();
        }
    }
}
