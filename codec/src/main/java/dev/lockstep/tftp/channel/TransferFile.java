package dev.lockstep.tftp.channel;

import dev.lockstep.tftp.transfer.TftpException;

/** The file's side of a transfer, as its handler sees it. All methods are called on the transfer's event loop. */
interface TransferFile {
    /** What the file's side has to say, on the transfer's event loop. */
    interface Owner {
        /** There are blocks to send, or there is room for more. */
        void ready();

        /** All that was received is durable. */
        void stored();

        /** The file can't be read or written. */
        void failed(TftpException cause);
    }

    /** Begins to read before it is asked for a block, where there is something to read; may be left out. */
    void start();

    /** Closes the file; {@code closed} runs on the event loop once nothing of it is open any more. */
    void close(Runnable closed);
}
