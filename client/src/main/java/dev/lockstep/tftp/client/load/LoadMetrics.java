package dev.lockstep.tftp.client.load;

import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * What happened so far. Written on event loops, once a transfer and once a stretch of file, without a lock; read
 * anywhere.
 */
final class LoadMetrics {
    /** A thousandth: what a figure of a percentile may be wrong by. */
    private static final int DIGITS = 3;

    final LongAdder started = new LongAdder();
    final LongAdder completed = new LongAdder();
    final LongAdder failed = new LongAdder();
    final LongAdder bytes = new LongAdder();
    final LongAdder resends = new LongAdder();
    final LongAdder duplicates = new LongAdder();
    final Histogram latency = new ConcurrentHistogram(DIGITS);
    final Histogram firstByte = new ConcurrentHistogram(DIGITS);
    final Histogram startDelay = new ConcurrentHistogram(DIGITS);
    private final Failures failures;

    /** Nothing yet; the failures of several tallies may be told together. */
    LoadMetrics(Failures failures) {
        this.failures = failures;
    }

    /** A transfer came or went whole. */
    void complete(long latencyNanos, long firstByteNanos) {
        completed.increment();
        latency.recordValue(Math.max(0, latencyNanos));
        if (firstByteNanos >= 0) {
            firstByte.recordValue(firstByteNanos);
        }
    }

    /** It did not, and the content is not to blame. */
    void failed(Throwable failure) {
        failed.increment();
        failures.add(failure);
    }

    /** What came is not what should have come. */
    void wrongContent(String file, String what) {
        failed.increment();
        failures.addWrongContent(file, what);
    }
}
