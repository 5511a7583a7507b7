package dev.lockstep.tftp.internal.channel.file;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.concurrent.EventLoop;
import dev.lockstep.tftp.concurrent.ThreadSafe;

/** The file of a transfer, as its handler uses it. */
@EventLoop
public interface TransferFile {
    /** Receives notifications of the file. */
    @EventLoop
    interface Owner {
        /** Called when there are blocks to send or there is room for more. */
        void ready();

        /** Called when everything received is durable. */
        void stored();

        /** Called when the file cannot be read or written. */
        void failed(TftpException cause);
    }

    /** Begins to read before the first block is requested, if there is something to read. Calling this is optional. */
    default void start() {}

    /**
     * Returns the nanoseconds for which a file operation has been waiting for the disk, or 0 if there is none. Other
     * threads get a recent value.
     */
    @ThreadSafe
    long pendingTime(long now);

    /**
     * Ends the use of the source or sink, which this method does not close. An operation that has not begun is
     * cancelled; one that does not return delays the end. {@code closed} runs on the event loop when the last operation
     * has ended.
     */
    void close(Runnable closed);
}
