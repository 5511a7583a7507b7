package dev.lockstep.tftp.transfer;

import java.time.Duration;
import java.util.Objects;

/**
 * What both ends have agreed on.
 *
 * @param blksize octets of file in a DATA, 8 to 65464; a shorter block is the last one
 * @param windowsize blocks sent for one ACK, 1 to {@link #MAX_WINDOWSIZE}
 * @param timeout how long both ends wait before they resend; zero where nothing was agreed and each end decides
 * @param tsize octets of the file, or {@link Source#UNKNOWN_SIZE}
 * @param rollover the block number after 65535: 0 or 1
 */
public record TransferSettings(int blksize, int windowsize, Duration timeout, long tsize, int rollover) {
    /** The smallest block (RFC 2348). */
    public static final int MIN_BLKSIZE = 8;
    /** The largest block: what an IPv4 datagram holds less the DATA's header, as RFC 2348 counts it. */
    public static final int MAX_BLKSIZE = 65464;
    /**
     * The widest window: half of the block numbers. RFC 7440 allows 65535, but in a wider window the 16 bits of an old
     * block are those of a future one, too, and the file is wrong without a sign of it.
     */
    public static final int MAX_WINDOWSIZE = 32767;

    /** RFC 1350 without options. */
    public static final TransferSettings PLAIN = new TransferSettings(512, 1, Duration.ZERO, Source.UNKNOWN_SIZE, 0);

    /** Refuses what could not be sent. */
    public TransferSettings {
        Limits.require("blksize", blksize, MIN_BLKSIZE, MAX_BLKSIZE);
        Limits.require("windowsize", windowsize, 1, MAX_WINDOWSIZE);
        Limits.require("rollover", rollover, 0, 1);
        Objects.requireNonNull(timeout, "timeout");
    }

    /**
     * Returns whether a file of that size is not what was announced. Some servers echo the 0 of a request, which announces
     * nothing; others count in 32 bits, and announce the size modulo 4 GiB.
     */
    boolean isSizeOtherThan(long octets) {
        return tsize > 0 && tsize != octets && tsize != (octets & 0xFFFF_FFFFL);
    }
}
