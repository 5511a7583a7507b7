package dev.lockstep.tftp.transfer;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Says how long to wait before a retransmission. An agreed timeout is kept exactly (RFC 2349). Without one the timeout
 * follows the measured round-trip times, doubles with each fruitless retransmission, stays doubled until a reply has been
 * measured again (RFC 6298, section 5), and is stretched by a random part, so that a thousand clients that booted
 * together do not retransmit together. All times are nanoseconds.
 */
public final class RetransmissionTimer {
    /** Doubling ends here, before jitter: a link that loses much needs tries more than it needs rest. */
    static final long CEILING = Duration.ofSeconds(3).toNanos();
    /** Each block of a window makes its needless retransmission dearer, so the sender waits so much longer for its ACK. */
    private static final long PER_BLOCK = Duration.ofMillis(3).toNanos();
    /** The highest lower bound for a window: the minimum of common TCP implementations. */
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

    /** The time of the last reply since the first transmission, if there was more than one, or 0. */
    private long ambiguous;

    private long answeredAt;
    private int duplicates;

    /**
     * Creates the timer of one transfer.
     *
     * @param agreed the timeout both ends have agreed on, or zero for an adaptive one
     */
    public RetransmissionTimer(Duration agreed, RandomGenerator random) {
        this.fixed = agreed.toNanos();
        this.random = random;
    }

    /** Returns whether the timeout follows the round-trip times. */
    boolean isAdaptive() {
        return fixed == 0;
    }

    /** Returns how long to wait from now. */
    public long timeout() {
        if (fixed > 0) {
            return fixed;
        }
        long base = rtt.timeout(floor);
        long wait = Math.min(Math.max(base, CEILING), base << Math.min(doublings, 16));
        return wait + (long) (wait * JITTER * random.nextDouble());
    }

    /** Returns the pause between the parts of a window that is not sent at once: a fraction of a round trip. */
    public long pause() {
        return Math.max(Duration.ofMillis(1).toNanos(), Math.min(rtt.smoothed(), RttEstimator.INITIAL) / 8);
    }

    /**
     * Sets what a needless retransmission would cost.
     *
     * @param blocks in flight that the receiver asks for itself if they are lost (RFC 7440, section 4); 1 if only this
     *     side's timer can bring them back
     */
    void expectReplyTo(int blocks) {
        floor = Math.min(WINDOW_FLOOR, RttEstimator.FLOOR + (blocks - 1) * PER_BLOCK);
    }

    /** Called when block {@code n} is sent for the first time. One block at a time is measured. */
    public void sent(long n, long now) {
        if (!measuring) {
            measuring = true;
            measuredBlock = n;
            firstSentAt = now;
            lastSentAt = now;
            repeats = 0;
        }
    }

    /** Called when the last message is retransmitted, because a timeout has passed or the peer repeats its own. */
    public void resent(long now) {
        lastSentAt = now;
        ambiguous = 0;
        repeats++;
    }

    /** Called when the last part of a window has been sent that was not sent at once. */
    void resumed(long now) {
        lastSentAt = now;
    }

    /**
     * Called when the peer reports block {@code n} missing, or is told so. The peer is there, so the timeout is not backed
     * off any longer. The block may be late and not lost: its arrival is no measure unless it is a plausible one.
     */
    public void onGapAck(long n, long now) {
        doublings = 0;
        measuring = false;
        gap = true;
        gapBlock = n;
        lastSentAt = now;
    }

    /** Called when a reply arrives that covers block {@code n}. */
    public void answered(long n, long now) {
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
                duplicates = 0;
            }
        } else {
            return;
        }
        measuring &= !measured;
        gap = false;
    }

    /**
     * Called for a duplicate of the last reply in lock-step. One for each retransmission proves that none was needed, if
     * they come within the time that the retransmissions took; a single one that comes at once may be the network's copy.
     */
    void duplicate(long now) {
        long spread = lastSentAt - firstSentAt;
        long since = now - answeredAt;
        if (ambiguous == 0 || since > spread + spread / 2 || ++duplicates < repeats) {
            return;
        }
        if (repeats > 1 || since >= spread / 2) {
            rtt.learnFloor(ambiguous);
        }
        ambiguous = 0;
    }

    /** Adds a measured round-trip time. */
    public void measured(long roundTrip) {
        doublings = 0;
        rtt.add(roundTrip);
    }

    /** Called when a timeout has passed without a reply. */
    public void backOff() {
        doublings++;
    }
}
