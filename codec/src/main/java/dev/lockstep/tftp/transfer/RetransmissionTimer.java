package dev.lockstep.tftp.transfer;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before a resend. An agreed timeout is kept to the letter (RFC 2349). Without one the wait follows
 * the round trips (RFC 6298), doubles with each fruitless resend, and is stretched by a random part so that a
 * thousand clients that booted together do not resend together.
 */
public final class RetransmissionTimer {
    /** The wait before the first round trip is known. */
    static final long INITIAL = Duration.ofSeconds(1).toNanos();
    /** No shorter wait: below it the peer's scheduling looks like loss. */
    static final long FLOOR = Duration.ofMillis(20).toNanos();
    /** Doubling ends here, before jitter: a link that loses much needs tries more than it needs rest. */
    static final long CEILING = Duration.ofSeconds(3).toNanos();
    /** No round trip is taken to be longer. */
    private static final long LONGEST_ROUND_TRIP = Duration.ofMinutes(1).toNanos();

    private static final double JITTER = 0.25;

    private final long fixed;
    private final RandomGenerator random;
    private long smoothed;
    private long variation;
    private long base = INITIAL;
    private int doublings;
    private boolean measuring;
    private long measuredBlock;
    private long measuredSince;
    /** Nothing was measured since a wait was in vain. */
    private boolean stale = true;
    /** The wait follows a guess. */
    private boolean guessed;

    private final RecentReplies replies = new RecentReplies();
    private boolean guessing;
    private long guessedBlock;
    private long guessedSince;

    /**
     * A timer for one transfer.
     *
     * @param agreed the wait both ends have agreed on, or zero
     */
    public RetransmissionTimer(Duration agreed, RandomGenerator random) {
        this.fixed = agreed.toNanos();
        this.random = random;
    }

    /** Nanoseconds to wait from now. */
    public long timeout() {
        if (fixed > 0) {
            return fixed;
        }
        long wait = Math.min(Math.max(base, CEILING), base << Math.min(doublings, 16));
        return wait + (long) (wait * JITTER * random.nextDouble());
    }

    /** Nanoseconds between the parts of a window that is not sent at once: a fraction of a round trip. */
    public long pause() {
        return Math.max(Duration.ofMillis(1).toNanos(), Math.min(smoothed, INITIAL) / 8);
    }

    /** Block {@code n} was sent for the first time: its reply will tell the round trip. One measure at a time. */
    public void sent(long n, long now) {
        if (!measuring) {
            measuring = true;
            measuredBlock = n;
            measuredSince = now;
        }
    }

    /** A reply to block {@code n} came. */
    public void answered(long n, long now) {
        if (measuring && n >= measuredBlock) {
            measuring = false;
            measured(now - measuredSince);
        } else if (guessing && n >= guessedBlock) {
            guessing = false;
            replies.add(now - guessedSince);
            guess();
        }
    }

    /** Something was sent again: a reply could be to either copy, and measures nothing (Karn's rule). */
    public void resent() {
        measuring = false;
    }

    /**
     * Block {@code n} and what follows was sent again because the peer said that it is missing. Where every window
     * meets a loss nothing else can ever be measured, and one bad measure would stay for good: so the reply is taken
     * for a guess. It may make the wait shorter; longer only while there is no measure later than the last wait in
     * vain, and no longer than before the first. A guess is too short if the block was late and not lost; then waits in
     * vain make it longer again.
     */
    public void askedAgain(long n, long now) {
        resent();
        guessing = true;
        guessedBlock = n;
        guessedSince = now;
    }

    private void guess() {
        long longest = stale ? Math.max(INITIAL, 3 * smoothed) : base;
        guessed |= stale;
        base = Math.min(longest, bounded(3 * replies.shorter())); // as after one measure
    }

    /** A round trip took that many nanoseconds. */
    public void measured(long roundTrip) {
        stale = false;
        guessed = false;
        if (smoothed == 0) {
            smoothed = roundTrip;
            variation = roundTrip / 2;
        } else {
            variation = (3 * variation + Math.abs(smoothed - roundTrip)) / 4;
            smoothed = (7 * smoothed + roundTrip) / 8;
        }
        replies.add(roundTrip);
        base = bounded(Math.min(smoothed + 4 * variation, 3 * replies.shorter()));
    }

    private static long bounded(long wait) {
        return Math.max(FLOOR, Math.min(LONGEST_ROUND_TRIP, wait));
    }

    /** Something new arrived: the next wait starts from the round trip again. */
    public void progress() {
        if (guessed && doublings > 0) {
            base = Math.min(Math.max(base, INITIAL), 2 * base);
        }
        doublings = 0;
    }

    /** A wait was in vain. */
    public void backOff() {
        stale = true;
        doublings++;
    }
}
