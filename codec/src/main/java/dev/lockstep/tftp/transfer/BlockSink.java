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
     * Requests room for another window. While there is none, no ACK is sent, so the peer waits.
     *
     * @return false if {@link Transfer#resume} is called later, when there is room
     */
    boolean requestRoom();

    /**
     * Makes the file durable; called after the last block. {@link Receiver#stored} is called when that is done, or
     * {@link Receiver#storeFailed} if it fails.
     */
    void commit();
}
