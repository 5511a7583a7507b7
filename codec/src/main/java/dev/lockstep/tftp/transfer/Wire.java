package dev.lockstep.tftp.transfer;

import dev.lockstep.tftp.codec.TftpMessage;

/** The few things a transfer may do to the world. */
public interface Wire {
    /** The moment that never comes. */
    long NEVER = Long.MAX_VALUE;

    /**
     * Sends a message to the peer, in order; takes over the reference of a {@code Data}, but must leave its content's
     * indices alone: the same buffer is sent again if it gets lost.
     */
    void send(TftpMessage message);

    /** Has {@link Transfer#onDeadline} called once that moment has passed; replaces the moment asked for before. */
    void awaitReply(long deadline);

    /**
     * The result stands; the file may be closed and observers told. Called exactly once.
     *
     * @param cause why the outcome is anything but {@link Outcome#COMPLETE}, else null
     */
    void finish(Outcome outcome, TftpException cause);

    /** Nothing more will be said: the TID may be given up. Called once, not before {@link #finish}. */
    void close();
}
