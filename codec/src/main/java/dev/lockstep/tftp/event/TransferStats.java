package dev.lockstep.tftp.event;

import dev.lockstep.tftp.concurrent.ThreadSafe;

/** The counters of one transfer. The transfer changes them while it runs; other threads get a recent value. */
@ThreadSafe
public interface TransferStats {
    /** {@return the bytes of the file that the receiver is known to have} */
    long bytes();

    /** {@return the blocks that the receiver is known to have} */
    long blocks();

    /** {@return the number of retransmitted messages} */
    long resends();

    /** {@return the number of duplicate or reordered messages} */
    long duplicates();

    /** {@return the number of datagrams from the peer that were not TFTP} */
    long malformed();

    /**
     * {@return the nanoseconds from the request until {@code now}, or until the end if the transfer has ended}
     *
     * @param now the current time in nanoseconds, by the clock of the event loop
     */
    long elapsed(long now);

    /** {@return the nanoseconds from the request to the first DATA, or -1 if there was none} */
    long firstByteAfter();
}
