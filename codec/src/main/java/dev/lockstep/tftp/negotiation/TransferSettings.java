package dev.lockstep.tftp.negotiation;

import dev.lockstep.tftp.io.Source;
import java.time.Duration;
import java.util.Objects;

/**
 * The negotiated settings of a transfer.
 *
 * @param blksize bytes of file data in a DATA, 8 to 65464; a shorter block is the last one
 * @param windowsize blocks sent for one ACK, 1 to {@link #MAX_WINDOWSIZE}
 * @param timeout the retransmission timeout of both ends; zero if none was negotiated and each end decides
 * @param tsize the size of the file in bytes, or {@link Source#UNKNOWN_SIZE}
 * @param rollover the block number after 65535: 0 or 1
 */
public record TransferSettings(int blksize, int windowsize, Duration timeout, long tsize, int rollover) {
    /** The smallest block size in bytes (RFC 2348). */
    public static final int MIN_BLKSIZE = 8;
    /**
     * The largest block size in bytes: the size of an IPv4 datagram less the headers of a DATA, as RFC 2348 counts it.
     */
    public static final int MAX_BLKSIZE = 65464;
    /**
     * The largest window in blocks: half of the range of block numbers. RFC 7440 allows 65535, but in a larger window
     * the 16-bit number of an old block is also that of a future one, and the file would be corrupted undetected.
     */
    public static final int MAX_WINDOWSIZE = 32767;

    /** The settings of RFC 1350 without options. */
    public static final TransferSettings PLAIN = new TransferSettings(512, 1, Duration.ZERO, Source.UNKNOWN_SIZE, 0);

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if a value is out of range
     */
    public TransferSettings {
        TransferLimits.require("blksize", blksize, MIN_BLKSIZE, MAX_BLKSIZE);
        TransferLimits.require("windowsize", windowsize, 1, MAX_WINDOWSIZE);
        TransferLimits.require("rollover", rollover, 0, 1);
        Objects.requireNonNull(timeout, "timeout");
    }

    /**
     * Returns whether {@code size} differs from the announced size. Some servers echo the 0 of a request, which
     * announces nothing. Others count in 32 bits and announce the size modulo 4 GiB.
     */
    public boolean isSizeOtherThan(long size) {
        return tsize > 0 && tsize != size && tsize != (size & 0xFFFF_FFFFL);
    }
}
