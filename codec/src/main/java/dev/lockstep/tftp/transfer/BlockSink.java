package dev.lockstep.tftp.transfer;

import dev.lockstep.tftp.concurrent.EventLoop;
import io.netty.buffer.ByteBuf;

/** Accepts the blocks of an incoming file, in order. */
@EventLoop
public interface BlockSink {
    /**
     * Accepts the next block. The caller keeps its reference.
     *
     * @param block the content of the block; its indices must not be changed
     */
    void offer(ByteBuf block);

    /**
     * {@return whether another window can be accepted} While it cannot, no ACK is sent, so the peer waits. {@link
     * Transfer#resume} is called when there is room again.
     */
    boolean hasRoom();

    /**
     * Makes the file durable; called after the last block. {@link Receiver#stored} is called when that is done, or
     * {@link Receiver#storeFailed} if it fails.
     */
    void commit();
}
