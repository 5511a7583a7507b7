package dev.lockstep.tftp.client.conform;

import java.util.concurrent.TimeUnit;

/**
 * The waiting times of the tester, from what was measured of its peer.
 *
 * @param reply the longest time until a reply, in nanoseconds
 * @param rto the time until the first retransmission, in nanoseconds
 * @param factor multiplies all times; greater than 1 for a check that is repeated
 */
record Timing(long reply, long rto, int factor) {
    /** Assumed until something is measured. */
    static final Timing UNKNOWN = new Timing(seconds(1), seconds(5), 1);

    private static final long LEAST_REPLY_TIMEOUT = seconds(3);
    private static final long LEAST_GRACE = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long MOST_GRACE = seconds(3);
    private static final int REPLIES = 10;
    private static final int SLACK = 3;

    static long seconds(long seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }

    /** Returns the time after which an expected reply is missing. */
    long replyTimeout() {
        return factor * (LEAST_REPLY_TIMEOUT + REPLIES * reply + 2 * rto);
    }

    /** Returns the time in which an unexpected reply would have been received. */
    long grace() {
        return factor * Math.min(MOST_GRACE, Math.max(LEAST_GRACE, REPLIES * reply));
    }

    /** Returns the time in which a retransmission is sent for certain. */
    long retransmission() {
        return factor * (SLACK * rto + seconds(2));
    }

    Timing times(int times) {
        return new Timing(reply, rto, factor * times);
    }
}
