package dev.lockstep.tftp.transfer;

/**
 * The counters of one transfer. They are written by the transfer's event loop alone; another thread may read them
 * and sees a recent value.
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

    /** Octets of the file that the receiver has for certain. */
    public long bytes() {
        return bytes;
    }

    /** Blocks that the receiver has for certain. */
    public long blocks() {
        return blocks;
    }

    /** Messages sent again. */
    public long resends() {
        return resends;
    }

    /** Messages that came again, or out of place. */
    public long duplicates() {
        return duplicates;
    }

    /** Datagrams from the peer that were not TFTP. */
    public long malformed() {
        return malformed;
    }

    /** Nanoseconds from the request until now, or until the end. */
    public long elapsed(long now) {
        return (over ? ended : now) - started;
    }

    /** Nanoseconds from the request to the first DATA, or -1. */
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
