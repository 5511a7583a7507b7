package dev.lockstep.tftp.client.load;

import dev.lockstep.tftp.concurrent.ThreadSafe;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * The metrics of a load test. Written on event loops, once for each transfer and once for each progress event, without
 * a lock.
 */
@ThreadSafe
final class LoadMetrics {
    /** Significant digits of the histograms: percentiles are accurate to a thousandth. */
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

    /** Creates metrics of zero. Several instances may share the failures. */
    LoadMetrics(Failures failures) {
        this.failures = failures;
    }

    /**
     * Records a complete transfer.
     *
     * @param firstByteNanos time to the first byte of the file in nanoseconds, negative if there is none
     */
    void complete(long latencyNanos, long firstByteNanos) {
        completed.increment();
        latency.recordValue(Math.max(0, latencyNanos));
        if (firstByteNanos >= 0) {
            firstByte.recordValue(firstByteNanos);
        }
    }

    /** Records a failure other than wrong content. */
    void failed(Throwable failure) {
        failed.increment();
        failures.add(failure);
    }

    /** Records a transfer with wrong content. */
    void wrongContent(String file, String what) {
        failed.increment();
        failures.addWrongContent(file, what);
    }
}
