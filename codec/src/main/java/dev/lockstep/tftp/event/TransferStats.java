package dev.lockstep.tftp.event;

import dev.lockstep.tftp.concurrent.ThreadSafe;

/** The counters of one transfer. The transfer changes them while it runs; other threads get a recent value. */
@ThreadSafe
public interface TransferStats {
    /** Returns the bytes of the file that the receiver is known to have. */
    long bytes();

    /** Returns the blocks that the receiver is known to have. */
    long blocks();

    /** Returns the number of retransmitted messages. */
    long resends();

    /** Returns the number of duplicate or reordered messages. */
    long duplicates();

    /** Returns the number of datagrams from the peer that were not TFTP. */
    long malformed();

    /** Returns the nanoseconds from the request until {@code now}, or until the end if the transfer has ended. */
    long elapsed(long now);

    /** Returns the nanoseconds from the request to the first DATA, or -1 if there was none. */
    long firstByteAfter();
}
