package dev.lockstep.tftp.negotiation;

import dev.lockstep.tftp.transfer.PmtuBlackHole;
import java.math.BigDecimal;
import java.time.Duration;

/**
 * Limits that one end sets for its transfers, whatever the peer requests.
 *
 * @param blksize the largest block size in bytes
 * @param windowsize the largest window in blocks
 * @param windowBytes the largest window in bytes of file data. A window that overflows the receive buffer of the peer's
 *     socket is lost completely, and so is every later one (RFC 7440, section 6)
 * @param timeout the retransmission timeout if none is negotiated; zero for an adaptive one that follows the measured
 *     round-trip times
 * @param idleTimeout how long a transfer may go without progress. Four times a negotiated timeout, of which at most 30
 *     s count, if that is longer
 * @param firstBlockTimeout how long the first block may take if blocks are larger than {@link
 *     PmtuBlackHole#SAFE_BLKSIZE}, so that another transfer can try smaller ones; zero for the idle timeout
 * @param dally the longest time that a receiver dallies to repeat a lost last ACK, whatever timeout was negotiated;
 *     zero for none, as in boot firmware
 * @param exactSize whether the size of a received file must equal the announced size
 */
public record TransferLimits(
        int blksize,
        int windowsize,
        int windowBytes,
        Duration timeout,
        Duration idleTimeout,
        Duration firstBlockTimeout,
        Duration dally,
        boolean exactSize) {
    /** Default limits, suitable for any network. */
    public static final TransferLimits DEFAULT = new TransferLimits(
            TransferSettings.MAX_BLKSIZE,
            64,
            96 * 1024,
            Duration.ZERO,
            Duration.ofSeconds(30),
            Duration.ZERO,
            Duration.ofSeconds(11),
            false);

    /** The minimum idle timeout, in negotiated timeouts. */
    private static final int IDLE_TIMEOUT_FACTOR = 4;
    /**
     * The longest negotiated timeout that counts for the idle timeout. It bounds the idle timeout that a peer can
     * request to two minutes.
     */
    private static final Duration MAX_NEGOTIATED_TIMEOUT = Duration.ofSeconds(30);

    /** Bytes of IPv4, UDP and TFTP headers before a block. */
    private static final int IPV4_OVERHEAD = 32;
    /** Bytes of IPv6, UDP and TFTP headers before a block. */
    private static final int IPV6_OVERHEAD = 52;

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if a value is out of range
     */
    public TransferLimits {
        require("blksize limit", blksize, TransferSettings.MIN_BLKSIZE, TransferSettings.MAX_BLKSIZE);
        require("windowsize limit", windowsize, 1, TransferSettings.MAX_WINDOWSIZE);
        require("window bytes limit", windowBytes, 1, Integer.MAX_VALUE);
        requirePositive("give-up", idleTimeout);
        requireNotNegative("first block", firstBlockTimeout);
        requireNotNegative("dally", dally);
        requireNotNegative("timeout", timeout);
    }

    /** Returns a copy with another blksize limit, in bytes. */
    public TransferLimits withBlksize(int limit) {
        return new TransferLimits(
                limit, windowsize, windowBytes, timeout, idleTimeout, firstBlockTimeout, dally, exactSize);
    }

    /**
     * Returns a copy with other window limits.
     *
     * @param blocks the largest window in blocks
     * @param bytes the largest window in bytes
     */
    public TransferLimits withWindow(int blocks, int bytes) {
        return new TransferLimits(blksize, blocks, bytes, timeout, idleTimeout, firstBlockTimeout, dally, exactSize);
    }

    /** Returns a copy with another retransmission timeout, idle timeout and dally time. */
    public TransferLimits withTimes(Duration newTimeout, Duration newIdleTimeout, Duration newDally) {
        return new TransferLimits(
                blksize, windowsize, windowBytes, newTimeout, newIdleTimeout, firstBlockTimeout, newDally, exactSize);
    }

    /** Returns a copy with another timeout for the first block; zero for the idle timeout. */
    public TransferLimits withFirstBlockTimeout(Duration limit) {
        return new TransferLimits(blksize, windowsize, windowBytes, timeout, idleTimeout, limit, dally, exactSize);
    }

    /** Returns a copy that is strict or lenient about the size of a received file. */
    public TransferLimits withExactSize(boolean exact) {
        return new TransferLimits(
                blksize, windowsize, windowBytes, timeout, idleTimeout, firstBlockTimeout, dally, exact);
    }

    /**
     * Returns a copy whose blksize fits unfragmented into a path of that MTU, in bytes; these limits if they fit
     * already.
     */
    public TransferLimits forPath(int mtu, boolean ipv6) {
        int fits = Math.max(TransferSettings.MIN_BLKSIZE, mtu - (ipv6 ? IPV6_OVERHEAD : IPV4_OVERHEAD));
        return fits < blksize ? withBlksize(fits) : this;
    }

    /** Returns the largest window, in blocks, for blocks of that size in bytes; at least 1. */
    public int windowFor(int blockSize) {
        return Math.max(1, Math.min(windowsize, windowBytes / blockSize));
    }

    /**
     * Returns the lower bound of the idle timeout that follows from a negotiated timeout. The peer chooses the
     * negotiated timeout, so it is bounded: otherwise one request could hold a transfer for 17 minutes. The bound is at
     * least {@link #timeout}, which this side chose.
     */
    public Duration minIdleTimeout(TransferSettings settings) {
        Duration bound = timeout.compareTo(MAX_NEGOTIATED_TIMEOUT) > 0 ? timeout : MAX_NEGOTIATED_TIMEOUT;
        Duration agreed = settings.timeout().compareTo(bound) > 0 ? bound : settings.timeout();
        return agreed.multipliedBy(IDLE_TIMEOUT_FACTOR);
    }

    /**
     * Returns how long a receiver dallies: twice the negotiated timeout and a margin of 1 s, so that the last ACK may
     * be lost once more (RFC 1350, section 6). The peer chooses the timeout, so {@link #dally} is the upper bound.
     */
    public Duration dallyFor(TransferSettings settings) {
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
            throw new IllegalArgumentException(what + ": " + seconds(value) + " (expected: seconds, >= 0)");
        }
    }

    private static void requirePositive(String what, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(what + ": " + seconds(value) + " (expected: seconds, > 0)");
        }
    }

    private static String seconds(Duration value) {
        return BigDecimal.valueOf(value.toNanos(), 9).stripTrailingZeros().toPlainString();
    }
}
