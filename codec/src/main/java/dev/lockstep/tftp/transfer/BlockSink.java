package dev.lockstep.tftp.transfer;

import io.netty.buffer.ByteBuf;

/** Where the blocks of an incoming file go, in order, without ever blocking. */
public interface BlockSink {
    /** Takes the bytes of the next block; the reference stays with the caller. */
    void offer(ByteBuf block);

    /**
     * Whether another window may come. While not, no ACK is sent, so the peer waits:
     * {@link Transfer#resume} is called once there is room again.
     */
    boolean hasRoom();

    /** After the last block: makes the file durable, then has {@link Receiver#stored} called. */
    void commit();
}
