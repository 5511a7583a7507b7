package dev.lockstep.tftp.channel;

import dev.lockstep.tftp.transfer.Sink;
import dev.lockstep.tftp.transfer.TftpException;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;

/** Writes each block on the event loop, as it comes, to a sink that never blocks: no copy and no other thread. */
final class WriteThrough implements IncomingFile {
    private final Sink sink;
    private final EventExecutor loop;
    private final Owner owner;
    private boolean over;

    /** Takes the sink over. */
    WriteThrough(Sink sink, EventExecutor loop, Owner owner) {
        this.sink = sink;
        this.loop = loop;
        this.owner = owner;
    }

    @Override
    public void start() {
        // the peer begins
    }

    @Override
    public void offer(ByteBuf block) {
        if (!over && block.isReadable()) {
            attempt(() -> sink.write(block.internalNioBuffer(block.readerIndex(), block.readableBytes())));
        }
    }

    @Override
    public boolean hasRoom() {
        return true;
    }

    @Override
    public void commit() {
        if (!over && attempt(sink::commit)) {
            owner.stored();
        }
    }

    /** A failure is told once the machine is done with the block that brought it. */
    private boolean attempt(BlockingTasks.Action action) {
        try {
            action.run();
            return true;
        } catch (Throwable e) { // an Error, too, must reach the transfer, or its file would have a hole
            over = true;
            loop.execute(() -> owner.failed(TftpException.of(e)));
            return false;
        }
    }

    @Override
    public void close(Runnable whenClosed) {
        over = true;
        try {
            sink.close();
        } catch (Throwable ignored) {
            // the result stands, and is still to be told
        }
        whenClosed.run();
    }
}
