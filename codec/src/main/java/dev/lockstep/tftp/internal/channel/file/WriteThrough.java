package dev.lockstep.tftp.internal.channel.file;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.io.Sink;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.RejectedExecutionException;

/** Writes each block to a non-blocking sink on the event loop when it arrives, without a copy or another thread. */
final class WriteThrough implements IncomingFile {
    private final Sink sink;
    private final EventExecutor loop;
    private final Owner owner;
    private boolean awaitingRoom;
    private boolean over;

    /** Creates a writer. The sink stays with the caller. */
    WriteThrough(Sink sink, EventExecutor loop, Owner owner) {
        this.sink = sink;
        this.loop = loop;
        this.owner = owner;
    }

    @Override
    public void offer(ByteBuf block) {
        if (!over && block.isReadable()) {
            attempt(() -> sink.write(block.internalNioBuffer(block.readerIndex(), block.readableBytes())));
        }
    }

    @Override
    public boolean requestRoom() {
        if (!awaitingRoom && !over) {
            awaitingRoom = sink.awaitRoom(this::roomMade);
        }
        return !awaitingRoom;
    }

    /** Called on any thread when the sink has room again. */
    private void roomMade() {
        try {
            loop.execute(() -> {
                awaitingRoom = false;
                if (!over) {
                    owner.ready();
                }
            });
        } catch (RejectedExecutionException ignored) {
            // the event loop has terminated, and the transfer with it
        }
    }

    @Override
    public void commit() {
        if (!over && attempt(sink::commit)) {
            owner.stored();
        }
    }

    /** Runs an action and reports a failure after the state machine has processed the current block. */
    private boolean attempt(BlockingTasks.Action action) {
        try {
            action.run();
            return true;
        } catch (Throwable e) { // an Error must reach the transfer as well, or its file would lack a block
            over = true;
            loop.execute(() -> owner.failed(TftpException.of(e)));
            return false;
        }
    }

    @Override
    public long pendingTime(long now) {
        return 0;
    }

    @Override
    public void close(Runnable whenClosed) {
        over = true;
        whenClosed.run();
    }
}
