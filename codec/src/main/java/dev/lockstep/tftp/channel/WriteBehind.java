package dev.lockstep.tftp.channel;

import dev.lockstep.tftp.transfer.Sink;
import dev.lockstep.tftp.transfer.TftpException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.EventExecutor;

/**
 * Gathers blocks on the event loop and writes them in pieces on the I/O pool. One piece is being written while
 * another fills; when that is full too there is no room, and the peer waits for its ACK. How much may wait depends on
 * the budget: enough for a fast link where there is plenty, little where memory is short.
 */
final class WriteBehind implements IncomingFile {
    /** A piece worth a trip to the I/O pool. */
    private static final int PIECE = 64 * 1024;
    /** What may wait where memory is short. */
    private static final int LITTLE = 128 * 1024;
    /** What may wait besides where there is plenty. */
    private static final int PLENTY = 512 * 1024;

    private final Sink sink;
    private final FileWork work;
    private final EventExecutor loop;
    private final ByteBufAllocator allocator;
    private final BufferBudget budget;
    private final Owner owner;

    private int granted;
    private ByteBuf filling;
    private boolean busy;
    private boolean commitAsked;
    private boolean committing;
    private boolean roomAsked;
    private boolean failed;
    private Runnable closed;

    /** Takes the sink over. */
    WriteBehind(Sink sink, TransferContext context, EventExecutor loop, Owner owner) {
        this.sink = sink;
        this.work = new FileWork(context.io(), loop);
        this.loop = loop;
        this.allocator = context.allocator();
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
            gather(block);
        } catch (OutOfMemoryError e) {
            failed = true;
            loop.execute(() -> owner.failed(PieceMemory.none()));
            return;
        }
        writeMore();
    }

    private void gather(ByteBuf block) {
        try {
            if (filling == null) {
                filling = allocator.directBuffer(Math.min(PIECE, 4 * block.readableBytes()));
            }
            filling.writeBytes(block, block.readerIndex(), block.readableBytes());
        } catch (OutOfMemoryError e) {
            moveToHeap(block.readableBytes()); // the block is taken already, and the heap is another memory
            filling.writeBytes(block, block.readerIndex(), block.readableBytes());
        }
    }

    private void moveToHeap(int more) {
        ByteBuf heap = Unpooled.buffer((filling == null ? 0 : filling.readableBytes()) + more);
        if (filling != null) {
            heap.writeBytes(filling);
            filling.release();
        }
        filling = heap;
    }

    @Override
    public boolean hasRoom() {
        int waiting = filling == null ? 0 : filling.readableBytes();
        if (waiting >= LITTLE && granted == 0) {
            granted = budget.tryTake(PLENTY, PLENTY);
        }
        roomAsked = waiting >= LITTLE + granted;
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
        if (filling != null && (commitAsked || filling.readableBytes() >= PIECE)) {
            busy = true;
            ByteBuf piece = filling;
            filling = null;
            work.perform(() -> sink.write(piece.nioBuffer()), failure -> {
                piece.release();
                done(failure);
            });
        } else if (commitAsked) {
            commitAsked = false;
            committing = true;
            busy = true;
            work.perform(sink::commit, this::done);
        }
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
            writeMore();
            if (roomAsked && hasRoom()) {
                owner.ready();
            }
        }
    }

    @Override
    public void close(Runnable whenClosed) {
        closed = whenClosed;
        if (filling != null) {
            filling.release();
            filling = null;
        }
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
