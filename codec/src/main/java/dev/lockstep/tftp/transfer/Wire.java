package dev.lockstep.tftp.transfer;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage;
import dev.lockstep.tftp.event.Outcome;

/** The actions of a transfer on its environment: sending, the timer, and reporting its end. */
public interface Wire {
    /** A deadline that never passes. */
    long NEVER = Long.MAX_VALUE;

    /**
     * Sends a message to the peer, in order. Takes over the reference of a {@code Data} but must not change the indices
     * of its content, because the same buffer is retransmitted if it is lost.
     *
     * @param message the message to send
     */
    void send(TftpMessage message);

    /**
     * Sets the deadline after which {@link Transfer#onDeadline} is called. It replaces the previous deadline.
     *
     * @param deadline in nanoseconds, or {@link #NEVER}
     */
    void awaitReply(long deadline);

    /**
     * Reports the final result: the file may be closed and listeners notified. Called exactly once.
     *
     * @param outcome how the transfer has ended
     * @param cause the reason for any outcome other than {@link Outcome#COMPLETE}, otherwise null
     */
    void finish(Outcome outcome, TftpException cause);

    /** Called when nothing more is sent, so that the TID may be released. Called once, not before {@link #finish}. */
    void close();
}
