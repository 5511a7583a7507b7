package dev.lockstep.tftp.transfer;

import java.time.Duration;
import java.util.Arrays;

/**
 * Estimates the round-trip time of one transfer and derives the retransmission timeout from it (RFC 6298, section 2).
 * All times are nanoseconds.
 *
 * <p>Two rules go beyond the RFC. A sample may contain a timeout of the peer, which repeats a lost reply by its own
 * timer; two ends that believe such samples make each other's timeouts longer and longer, so the timeout is bounded by
 * the shorter ones of the last samples. And replies that take much longer than the rest (a client that writes flash, a
 * pause of a radio link) raise the lower bound of the timeout once one of them has caused needless retransmissions.
 */
final class RttEstimator {
    /** The timeout before the first sample (RFC 6298, section 2.1). */
    static final long INITIAL = Duration.ofSeconds(1).toNanos();
    /** The shortest timeout: below it a pause of the peer's scheduler looks like loss. */
    static final long FLOOR = Duration.ofMillis(20).toNanos();
    /** The highest lower bound that is learnt from needless retransmissions. */
    static final long HIGHEST_FLOOR = Duration.ofMillis(250).toNanos();
    /** The longest round-trip time that is believed. */
    private static final long LONGEST = Duration.ofMinutes(1).toNanos();
    /** Added to the range of plausible samples, for the resolution of clocks and schedulers. */
    private static final long GRANULARITY = Duration.ofMillis(1).toNanos();

    private static final int KEPT = 8;
    private static final int EARLY_BELIEVED = 3;

    private final long[] recent = new long[KEPT];
    private final long[] sorted = new long[KEPT];
    private int count;
    /** Whether all samples so far came from gaps, where a late block looks like a quick reply. */
    private boolean provisional = true;

    private long smoothed;
    private long variation;
    private long latest;
    private long learntFloor;
    private int early;

    /** Adds the time of a reply to something that was sent once. */
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
     * Adds the time from a retransmission to a reply, if the reply is neither too early nor too late to answer that
     * transmission. Without a plausible one nothing is measured (Karn's algorithm, RFC 6298, section 3). An early reply
     * may answer an earlier transmission; where each one is early and nothing else can be measured, the estimate is wrong.
     *
     * @param afterGap whether the peer has asked for the retransmission
     * @return whether it was added
     */
    boolean addIfPlausible(long rtt, boolean afterGap) {
        boolean believed =
                provisional ? afterGap : isPlausible(rtt) || rtt < lowerQuartile() && ++early >= EARLY_BELIEVED;
        if (believed) {
            latest = Math.min(latest, rtt);
            include(rtt);
        }
        return believed;
    }

    /** Raises the lower bound of the timeout: a reply took {@code rtt}, and retransmissions before it were needless. */
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
