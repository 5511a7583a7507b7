package dev.lockstep.tftp.transfer;

import java.time.Duration;
import java.util.Arrays;

/**
 * Estimates the round-trip time of one transfer and derives the retransmission timeout from it (RFC 6298, section 2).
 * All times are in nanoseconds.
 *
 * <p>Two rules go beyond the RFC. A sample may contain a timeout of the peer, which repeats a lost reply by its own
 * timer. If both ends use such samples, they increase each other's timeouts, so the timeout is bounded by
 * the shorter ones of the last samples. Replies that take much longer than the rest (a client that writes flash, a
 * pause of a radio link) raise the lower bound of the timeout once one of them has caused unneeded retransmissions.
 */
final class RttEstimator {
    /** The timeout before the first sample (RFC 6298, section 2.1). */
    static final long INITIAL = Duration.ofSeconds(1).toNanos();
    /** The lower bound of the timeout: a scheduling delay at the peer must not look like loss. */
    static final long FLOOR = Duration.ofMillis(20).toNanos();
    /** The highest lower bound that is learnt from unneeded retransmissions. */
    static final long HIGHEST_FLOOR = Duration.ofMillis(250).toNanos();
    /** The longest round-trip time that is accepted as a sample. */
    private static final long LONGEST = Duration.ofMinutes(1).toNanos();
    /** Added to the range of plausible samples, for the resolution of clocks and schedulers. */
    private static final long GRANULARITY = Duration.ofMillis(1).toNanos();

    private static final int KEPT = 8;
    private static final int EARLY_ACCEPTED = 3;

    private final long[] recent = new long[KEPT];
    private final long[] sorted = new long[KEPT];
    private int count;
    /** Set while all samples come from gaps, where a late block looks like a quick reply. */
    private boolean provisional = true;

    private long smoothed;
    private long variation;
    private long latest;
    private long learntFloor;
    private int early;

    /** Adds the time from a message that was sent once to its reply. */
    void add(long rtt) {
        if (provisional) {
            provisional = false;
            count = 0;
        }
        latest = rtt;
        early = 0;
        include(rtt);
    }

    /**
     * Adds the time from a retransmission to a reply, if the reply is neither too early nor too late for that
     * transmission. Other replies are not measured (Karn's algorithm, RFC 6298, section 3). An early reply may belong
     * to an earlier transmission. If every reply is early and nothing else can be measured, the estimate is wrong and
     * early samples are accepted.
     *
     * @param afterGap whether the peer has requested the retransmission
     * @return whether the sample was added
     */
    boolean addIfPlausible(long rtt, boolean afterGap) {
        boolean accepted =
                provisional ? afterGap : isPlausible(rtt) || rtt < lowerQuartile() && ++early >= EARLY_ACCEPTED;
        if (accepted) {
            latest = Math.min(latest, rtt);
            include(rtt);
        }
        return accepted;
    }

    /**
     * Raises the lower bound of the timeout after a reply that took {@code rtt} and was preceded by unneeded
     * retransmissions.
     */
    void learnFloor(long rtt) {
        learntFloor = Math.min(HIGHEST_FLOOR, Math.max(learntFloor, rtt + rtt / 4));
    }

    /** Returns the smoothed round-trip time, or 0 before the first sample. */
    long smoothed() {
        return smoothed;
    }

    /** Returns the retransmission timeout before back-off, at least {@code floor}. */
    long timeout(long floor) {
        if (count == 0) {
            return INITIAL;
        }
        long following = Math.min(LONGEST, Math.max(estimate(), latest + latest / 2));
        return Math.max(following, Math.max(floor, learntFloor));
    }

    private void include(long rtt) {
        if (count == 0) {
            smoothed = rtt;
            variation = rtt / 2;
        } else {
            variation = (3 * variation + Math.abs(smoothed - rtt)) / 4;
            smoothed = (7 * smoothed + rtt) / 8;
        }
        recent[count++ % KEPT] = rtt;
        learntFloor -= learntFloor / 64;
    }

    private boolean isPlausible(long rtt) {
        return rtt >= lowerQuartile() / 2 && rtt <= estimate() + GRANULARITY;
    }

    private long estimate() {
        return Math.min(smoothed + Math.max(4 * variation, smoothed / 4), 3 * lowerQuartile());
    }

    private long lowerQuartile() {
        int known = Math.min(count, KEPT);
        System.arraycopy(recent, 0, sorted, 0, known);
        Arrays.sort(sorted, 0, known);
        return sorted[known / 4];
    }
}
