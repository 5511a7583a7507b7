package dev.lockstep.tftp.transfer;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Computes the retransmission timeout of one transfer. A negotiated timeout is kept exactly (RFC 2349). Otherwise the
 * timeout follows the measured round-trip times. It doubles with each retransmission that gets no reply and stays
 * doubled until a reply has been measured again (RFC 6298, section 5). Jitter is added, so that many clients that
 * booted together do not retransmit together. All times are in nanoseconds.
 */
public final class RetransmissionTimer {
    /**
     * The upper bound of the back-off, before jitter: on a link with high loss, more attempts help more than longer
     * pauses.
     */
    static final long CEILING = Duration.ofSeconds(3).toNanos();
    /**
     * Time added to the lower bound of the timeout for each block of a window: an unneeded retransmission costs more
     * for a large window.
     */
    private static final long PER_BLOCK = Duration.ofMillis(3).toNanos();
    /** The upper bound of the lower bound for a window: the minimum timeout of common TCP implementations. */
    private static final long WINDOW_FLOOR = Duration.ofMillis(200).toNanos();

    private static final double JITTER = 0.25;

    private final long fixed;
    private final RandomGenerator random;
    private final RttEstimator rtt = new RttEstimator();
    private long floor = RttEstimator.FLOOR;
    private int doublings;

    private boolean measuring;
    private long measuredBlock;
    private long firstSentAt;
    private long lastSentAt;
    private int repeats;
    private boolean gap;
    private long gapBlock;

    /** The time from the first transmission to the last reply, if there was more than one transmission; otherwise 0. */
    private long ambiguous;

    private long answeredAt;
    private int duplicates;
    /** Retransmissions of the answered block. */
    private int answeredRepeats;
    /** Time from its first to its last transmission. */
    private long answeredSpread;
    /** Successive retransmissions that a single duplicate, received at once, suggests were unneeded. */
    private int suspected;

    /**
     * Creates the timer of one transfer.
     *
     * @param agreed the negotiated timeout, or zero for an adaptive one
     * @param random the source of the jitter
     */
    public RetransmissionTimer(Duration agreed, RandomGenerator random) {
        this.fixed = agreed.toNanos();
        this.random = random;
    }

    /** Returns whether the timeout follows the measured round-trip times. */
    boolean isAdaptive() {
        return fixed == 0;
    }

    /** {@return how long to wait for a reply from now, with back-off and jitter} */
    public long timeout() {
        if (fixed > 0) {
            return fixed;
        }
        long base = rtt.timeout(floor);
        long wait = Math.min(Math.max(base, CEILING), base << Math.min(doublings, 16));
        return wait + (long) (wait * JITTER * random.nextDouble());
    }

    /** {@return the pause between the bursts of a window that is not sent at once: a fraction of a round trip} */
    public long pause() {
        return Math.max(Duration.ofMillis(1).toNanos(), Math.min(rtt.smoothed(), RttEstimator.INITIAL) / 8);
    }

    /**
     * Sets the cost of an unneeded retransmission, which raises the lower bound of the timeout.
     *
     * @param blocks the blocks in flight whose loss the receiver reports itself (RFC 7440, section 4); 1 if only the
     *     timer of this side recovers them
     */
    void expectReplyTo(int blocks) {
        floor = Math.min(WINDOW_FLOOR, RttEstimator.FLOOR + (blocks - 1) * PER_BLOCK);
    }

    /**
     * Called when block {@code n} is sent for the first time. One block at a time is measured.
     *
     * @param n the number of the block, counted from 1
     * @param now the current time in nanoseconds
     */
    public void sent(long n, long now) {
        if (!measuring) {
            measuring = true;
            measuredBlock = n;
            firstSentAt = now;
            lastSentAt = now;
            repeats = 0;
        }
    }

    /**
     * Called when the last message is retransmitted, because the timeout has expired or the peer has repeated its own
     * message.
     *
     * @param now the current time in nanoseconds
     */
    public void resent(long now) {
        lastSentAt = now;
        ambiguous = 0;
        repeats++;
    }

    /** Called when the last burst of a window that was not sent at once has been sent. */
    void resumed(long now) {
        lastSentAt = now;
    }

    /**
     * Called when the peer reports block {@code n} missing, or is told that it is missing. The peer is reachable, so
     * the back-off is reset. The block may be late and not lost, so its arrival is measured only if the result is
     * plausible.
     *
     * @param n the number of the block, counted from 1
     * @param now the current time in nanoseconds
     */
    public void onGapAck(long n, long now) {
        doublings = 0;
        measuring = false;
        gap = true;
        gapBlock = n;
        lastSentAt = now;
    }

    /**
     * Called when a reply arrives that covers block {@code n}.
     *
     * @param n the number of the block, counted from 1
     * @param now the current time in nanoseconds
     */
    public void answered(long n, long now) {
        if (ambiguous > 0) {
            suspected = 0; // no duplicate arrived: the retransmission was needed
        }
        ambiguous = 0;
        boolean measured = measuring && n >= measuredBlock;
        if (measured && repeats == 0) {
            measured(now - firstSentAt);
        } else if (measured || gap && n >= gapBlock) {
            if (rtt.addIfPlausible(now - lastSentAt, !measured)) {
                doublings = 0;
            }
            if (measured) {
                ambiguous = now - firstSentAt;
                answeredAt = now;
                answeredRepeats = repeats;
                answeredSpread = lastSentAt - firstSentAt;
                duplicates = 0;
            }
        } else {
            return;
        }
        measuring &= !measured;
        gap = false;
    }

    /**
     * Called for a duplicate of the last reply in lock-step. One duplicate for each retransmission proves that the
     * retransmissions were unneeded, if the duplicates arrive within the time that the retransmissions took. A single
     * duplicate that arrives at once may have been duplicated by the network, two in succession are not.
     */
    void duplicate(long now) {
        long since = now - answeredAt;
        if (ambiguous == 0 || since > answeredSpread + answeredSpread / 2 || ++duplicates < answeredRepeats) {
            return;
        }
        if (answeredRepeats > 1 || since >= answeredSpread / 2 || ++suspected > 1) {
            rtt.learnFloor(ambiguous);
        }
        ambiguous = 0;
    }

    /**
     * Adds a measured round-trip time.
     *
     * @param roundTrip the time in nanoseconds, more than 0
     */
    public void measured(long roundTrip) {
        doublings = 0;
        rtt.add(roundTrip);
    }

    /** Called when a timeout has expired without a reply. */
    public void backOff() {
        doublings++;
    }
}
