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
    public static final TransferSettings PLAIN = builder().build();

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

    /** Returns a builder with the settings of {@link #PLAIN}. */
    public static Builder builder() {
        return new Builder();
    }

    /** Builds settings. Values are checked by {@link #build}. */
    public static final class Builder {
        private int blksize = 512;
        private int windowsize = 1;
        private Duration timeout = Duration.ZERO;
        private long tsize = Source.UNKNOWN_SIZE;
        private int rollover;

        private Builder() {}

        /**
         * Sets the bytes of file data in a DATA.
         *
         * @param bytes {@value TransferSettings#MIN_BLKSIZE} to {@value TransferSettings#MAX_BLKSIZE}
         * @return this builder
         */
        public Builder blksize(int bytes) {
            blksize = bytes;
            return this;
        }

        /**
         * Sets the number of blocks sent for one ACK.
         *
         * @param blocks 1 to {@value TransferSettings#MAX_WINDOWSIZE}
         * @return this builder
         */
        public Builder windowsize(int blocks) {
            windowsize = blocks;
            return this;
        }

        /**
         * Sets the retransmission timeout of both ends; zero if each end decides.
         *
         * @param negotiated the timeout, not negative
         * @return this builder
         */
        public Builder timeout(Duration negotiated) {
            timeout = negotiated;
            return this;
        }

        /**
         * Sets the size of the file in bytes, or {@link Source#UNKNOWN_SIZE}.
         *
         * @param bytes the size, or -1 if it is unknown
         * @return this builder
         */
        public Builder tsize(long bytes) {
            tsize = bytes;
            return this;
        }

        /**
         * Sets the block number after 65535: 0 or 1.
         *
         * @param block 0 or 1
         * @return this builder
         */
        public Builder rollover(int block) {
            rollover = block;
            return this;
        }

        /**
         * {@return the settings}
         *
         * @throws IllegalArgumentException if a value is out of range
         */
        public TransferSettings build() {
            return new TransferSettings(blksize, windowsize, timeout, tsize, rollover);
        }
    }
}
