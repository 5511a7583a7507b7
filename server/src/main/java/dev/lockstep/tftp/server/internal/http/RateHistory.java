package dev.lockstep.tftp.server.internal.http;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The rates of the last five minutes, one sample for each second. Not thread-safe. */
final class RateHistory {
    /** Number of samples that are kept. */
    static final int LENGTH = 300;

    private final Deque<Sample> samples = new ArrayDeque<>(LENGTH + 1);
    private long number;

    /**
     * The rates of one second.
     *
     * @param number grows by one for each sample
     * @param time the end of the second in milliseconds since 1970
     * @param sent bytes per second of downloads
     * @param received bytes per second of uploads
     * @param running the transfers that run
     * @param ended the transfers that have ended otherwise than by a failure since the sample before
     * @param failed the transfers that have failed since then
     * @param refused the requests that were refused since then
     * @param resent the messages that were retransmitted since then
     */
    record Sample(
            long number,
            long time,
            double sent,
            double received,
            int running,
            long ended,
            long failed,
            long refused,
            long resent) {
        private Sample numbered(long next) {
            return new Sample(next, time, sent, received, running, ended, failed, refused, resent);
        }
    }

    /** Adds a sample and gives it its number. */
    void add(Sample sample) {
        samples.add(sample.numbered(++number));
        if (samples.size() > LENGTH) {
            samples.removeFirst();
        }
    }

    /** Returns the last samples, oldest first. */
    List<Sample> last(int count) {
        return samples.stream().skip(Math.max(0, samples.size() - count)).toList();
    }
}
