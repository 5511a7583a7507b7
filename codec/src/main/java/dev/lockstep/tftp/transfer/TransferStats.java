package dev.lockstep.tftp.transfer;

/**
 * The counters of one transfer. Only the transfer's event loop writes them; other threads may read them and get a
 * recent value.
 */
public final class TransferStats {
    private final long started;
    private long firstByte;
    private long ended;
    private boolean hasFirstByte;
    private boolean over;
    long bytes;
    long blocks;
    long resends;
    long duplicates;
    private long malformed;

    TransferStats(long now) {
        started = now;
    }

    /** Returns the bytes of the file that the receiver is known to have. */
    public long bytes() {
        return bytes;
    }

    /** Returns the blocks that the receiver is known to have. */
    public long blocks() {
        return blocks;
    }

    /** Returns the number of retransmitted messages. */
    public long resends() {
        return resends;
    }

    /** Returns the number of duplicate or reordered messages. */
    public long duplicates() {
        return duplicates;
    }

    /** Returns the number of datagrams from the peer that were not TFTP. */
    public long malformed() {
        return malformed;
    }

    /** Returns the nanoseconds from the request until {@code now}, or until the end if the transfer has ended. */
    public long elapsed(long now) {
        return (over ? ended : now) - started;
    }

    /** Returns the nanoseconds from the request to the first DATA, or -1 if there was none. */
    public long firstByteAfter() {
        return hasFirstByte ? firstByte - started : -1;
    }

    /** Counts a datagram from the peer that was not TFTP. */
    public void countMalformed() {
        malformed++;
    }

    void markFirstByte(long now) {
        if (!hasFirstByte) {
            hasFirstByte = true;
            firstByte = now;
        }
    }

    void markEnd(long now) {
        over = true;
        ended = now;
    }
}
