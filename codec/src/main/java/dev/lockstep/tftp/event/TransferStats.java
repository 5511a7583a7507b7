package dev.lockstep.tftp.event;

/**
 * The counters of one transfer. The event loop of the transfer writes them; other threads may read them and get a recent
 * value.
 */
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
