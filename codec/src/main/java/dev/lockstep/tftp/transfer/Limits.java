package dev.lockstep.tftp.transfer;

import java.time.Duration;

/**
 * What one end is willing to do, whatever the other asks.
 *
 * @param blksize the largest block
 * @param windowsize the widest window in blocks
 * @param windowBytes the widest window in octets of file: a window that overflows the socket's buffer at the
 *     receiver is lost whole, and every one after it (RFC 7440, section 6)
 * @param timeout how long to wait before a resend where nothing was agreed; zero: measured from the round trips
 * @param idleTimeout how long a transfer may go without progress; four times an agreed timeout, of which no more than 30 s
 *     count, if that is longer
 * @param firstBlockTimeout how long the first block may take where blocks are larger than {@link PmtuBlackHole#SAFE_BLKSIZE}, so that
 *     another transfer may try smaller ones; zero: as long as any other
 * @param dally the longest time that a receiver dallies to repeat a lost last ACK, whatever timeout was agreed;
 *     zero: no dally, like boot firmware
 * @param exactSize whether a received file must have the size that was announced for it
 */
public record Limits(
        int blksize,
        int windowsize,
        int windowBytes,
        Duration timeout,
        Duration idleTimeout,
        Duration firstBlockTimeout,
        Duration dally,
        boolean exactSize) {
    /** Limits that serve well on any network. */
    public static final Limits DEFAULT = new Limits(
            TransferSettings.MAX_BLKSIZE,
            64,
            96 * 1024,
            Duration.ZERO,
            Duration.ofSeconds(30),
            Duration.ZERO,
            Duration.ofSeconds(11),
            false);

    /** How many agreed timeouts a transfer may go without progress. */
    private static final int SOME_RESENDS = 4;
    /** The most that an agreed timeout counts for that: a transfer is given up after two minutes at the latest. */
    private static final Duration LONGEST_AGREED = Duration.ofSeconds(30);

    /** Octets of IPv4, UDP and TFTP headers before a block's first, with room for options. */
    private static final int IPV4_OVERHEAD = 32;
    /** The same for IPv6. */
    private static final int IPV6_OVERHEAD = 52;

    /** Refuses what makes no sense, with the value and what was expected. */
    public Limits {
        require("blksize limit", blksize, TransferSettings.MIN_BLKSIZE, TransferSettings.MAX_BLKSIZE);
        require("windowsize limit", windowsize, 1, TransferSettings.MAX_WINDOWSIZE);
        require("window bytes limit", windowBytes, 1, Integer.MAX_VALUE);
        requirePositive("give-up", idleTimeout);
        requireNotNegative("first block", firstBlockTimeout);
        requireNotNegative("linger", dally);
        requireNotNegative("timeout", timeout);
    }

    /** The same with another blksize limit. */
    public Limits withBlksize(int limit) {
        return new Limits(limit, windowsize, windowBytes, timeout, idleTimeout, firstBlockTimeout, dally, exactSize);
    }

    /** The same with other window limits, in blocks and in octets. */
    public Limits withWindow(int blocks, int bytes) {
        return new Limits(blksize, blocks, bytes, timeout, idleTimeout, firstBlockTimeout, dally, exactSize);
    }

    /** The same with other times. */
    public Limits withTimes(Duration newTimeout, Duration newGiveUp, Duration newLinger) {
        return new Limits(
                blksize, windowsize, windowBytes, newTimeout, newGiveUp, firstBlockTimeout, newLinger, exactSize);
    }

    /** The same with another patience for the first large block; zero: that for all. */
    public Limits withFirstBlockTimeout(Duration limit) {
        return new Limits(blksize, windowsize, windowBytes, timeout, idleTimeout, limit, dally, exactSize);
    }

    /** The same, strict or lenient about the size of a received file. */
    public Limits withExactSize(boolean exact) {
        return new Limits(blksize, windowsize, windowBytes, timeout, idleTimeout, firstBlockTimeout, dally, exact);
    }

    /** The same with a blksize whose datagrams cross a path of that MTU in one piece. */
    public Limits forPath(int mtu, boolean ipv6) {
        int fits = Math.max(TransferSettings.MIN_BLKSIZE, mtu - (ipv6 ? IPV6_OVERHEAD : IPV4_OVERHEAD));
        return fits < blksize ? withBlksize(fits) : this;
    }

    /** The widest window for blocks of that size, at least 1. */
    public int windowFor(int blockSize) {
        return Math.max(1, Math.min(windowsize, windowBytes / blockSize));
    }

    /**
     * Returns how long some resends take where a timeout was agreed. The peer chooses that, so that it is bounded, or one
     * packet would hold a place for 17 minutes; what this side chose by {@link #timeout} is not.
     */
    Duration someResends(TransferSettings settings) {
        Duration bound = timeout.compareTo(LONGEST_AGREED) > 0 ? timeout : LONGEST_AGREED;
        Duration agreed = settings.timeout().compareTo(bound) > 0 ? bound : settings.timeout();
        return agreed.multipliedBy(SOME_RESENDS);
    }

    /**
     * Returns how long a receiver dallies. Twice the agreed timeout and a margin lets the peer lose the last ACK once more
     * (RFC 1350, section 6), but the peer chooses that timeout, so {@link #dally} is the most it gets.
     */
    Duration dallyFor(TransferSettings settings) {
        Duration agreed = settings.timeout();
        Duration twice = agreed.multipliedBy(2).plusSeconds(1);
        return agreed.isZero() || twice.compareTo(dally) > 0 ? dally : twice;
    }

    static void require(String what, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(what + ": " + value + " (expected: " + min + " to " + max + ")");
        }
    }

    private static void requireNotNegative(String what, Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException(what + ": " + value + " (expected: >= 0)");
        }
    }

    private static void requirePositive(String what, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(what + ": " + value + " (expected: > 0)");
        }
    }
}
