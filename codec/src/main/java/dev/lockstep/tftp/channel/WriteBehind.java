package dev.lockstep.tftp.channel;

import dev.lockstep.tftp.transfer.Sink;
import dev.lockstep.tftp.transfer.TftpException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.EventExecutor;

/**
 * Gathers blocks on the event loop and writes them in pieces on the I/O pool. One piece is being written while
 * another fills; when that is full too there is no room, and the peer waits for its ACK. How much may wait depends on
 * the budget: enough for a fast link where there is plenty, little where memory is short.
 */
final class WriteBehind implements IncomingFile {
    /** Octets worth a trip to the I/O pool. */
    private static final int PIECE = 64 * 1024;
    /** Octets worth a trip where there is plenty of memory, from the second one on: trips cost processor time. */
    private static final int LARGE_PIECE = 256 * 1024;
    /** What may wait where memory is short. */
    private static final int LITTLE = 128 * 1024;
    /** What may wait besides where there is plenty. */
    private static final int PLENTY = 512 * 1024;

    private final Sink sink;
    private final BlockingTasks work;
    private final EventExecutor loop;
    private final ByteBufAllocator allocator;
    private final BufferBudget budget;
    private final Owner owner;

    private int granted;
    private PendingWrites waiting;
    private boolean busy;
    private boolean commitAsked;
    private boolean committing;
    private boolean roomAsked;
    private boolean failed;
    private Runnable closed;

    /** Takes the sink over. */
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
        // the peer begins
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
        if (waiting.octets() >= LITTLE && granted == 0) {
            granted = budget.tryTake(PLENTY, PLENTY);
        }
        roomAsked = waiting.octets() >= LITTLE + granted;
        return !roomAsked;
    }

    @Override
    public void commit() {
        commitAsked = true;
        writeMore();
    }

    /** Starts the next piece of work, unless one is under way. */
    private void writeMore() {
        if (busy || failed || closed != null) {
            return;
        }
        if (waiting.octets() >= (commitAsked ? 1 : worthATrip())) {
            busy = true;
            PendingWrites taken = waiting;
            waiting = new PendingWrites(allocator);
            work.perform(() -> taken.writeTo(sink), failure -> {
                taken.release();
                done(failure);
            });
        } else if (commitAsked) {
            commitAsked = false;
            committing = true;
            busy = true;
            work.perform(sink::commit, this::done);
        }
    }

    private int worthATrip() {
        return granted > 0 ? LARGE_PIECE : PIECE;
    }

    private void done(TftpException failure) {
        busy = false;
        failed = failure != null;
        if (closed != null) {
            closeSink();
        } else if (failed) {
            owner.failed(failure);
        } else if (committing) {
            owner.stored();
        } else {
            if (granted == 0 && budget.isAmple()) {
                granted = budget.tryTake(PLENTY, PLENTY);
            }
            writeMore();
            if (roomAsked && hasRoom()) {
                owner.ready();
            }
        }
    }

    @Override
    public void close(Runnable whenClosed) {
        closed = whenClosed;
        waiting.release();
        if (granted > 0) {
            budget.giveBack(granted);
        }
        if (!busy) {
            closeSink();
        }
    }

    private void closeSink() {
        work.perform(sink::close, failure -> closed.run());
    }
}
