package dev.lockstep.tftp.client.load;

import dev.lockstep.tftp.concurrent.ThreadSafe;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * The metrics of a load test. Written on event loops, once for each transfer and once for each progress event, without
 * a lock.
 */
@ThreadSafe
final class LoadMetrics {
    /** Significant digits of the histograms: percentiles are accurate to a thousandth. */
    private static final int DIGITS = 3;
    /** Significant digits of the many smaller histograms: accurate to a hundredth. */
    private static final int FEWER_DIGITS = 2;
    /** The number of targets up to which their histograms are as accurate as that of all transfers. */
    private static final int MAX_EXACT_TARGETS = 16;

    final LongAdder started = new LongAdder();
    final LongAdder completed = new LongAdder();
    final LongAdder failed = new LongAdder();
    final LongAdder notStarted = new LongAdder();
    final LongAdder bytes = new LongAdder();
    final LongAdder resends = new LongAdder();
    final LongAdder duplicates = new LongAdder();
    final Histogram latency = new ConcurrentHistogram(DIGITS);
    final Histogram firstByte = new ConcurrentHistogram(DIGITS);
    final Histogram startDelay = new ConcurrentHistogram(DIGITS);
    /** The latency in microseconds since it was last read, for the timeline. */
    final Recorder recentLatency = new Recorder(FEWER_DIGITS);
    /** The number of transfers for each combination of granted options. */
    final Map<GrantedOptions, LongAdder> granted = new ConcurrentHashMap<>();
    /** The metrics of each target. */
    final List<TargetMetrics> targets;

    private final Failures failures;

    /** The metrics of the transfers of one target. */
    static final class TargetMetrics {
        final LongAdder completed = new LongAdder();
        final LongAdder failed = new LongAdder();
        final LongAdder bytes = new LongAdder();
        final Histogram latency;

        TargetMetrics(int digits) {
            latency = new ConcurrentHistogram(digits);
        }
    }

    /** Creates metrics of zero for a number of targets. Several instances may share the failures. */
    LoadMetrics(Failures failures, int targets) {
        this.failures = failures;
        int digits = targets <= MAX_EXACT_TARGETS ? DIGITS : FEWER_DIGITS;
        this.targets =
                Stream.generate(() -> new TargetMetrics(digits)).limit(targets).toList();
    }

    /**
     * Records a complete transfer.
     *
     * @param firstByteNanos time to the first byte of the file in nanoseconds, negative if there is none
     */
    void complete(int target, long latencyNanos, long firstByteNanos) {
        completed.increment();
        targets.get(target).completed.increment();
        long nanos = Math.max(0, latencyNanos);
        latency.recordValue(nanos);
        targets.get(target).latency.recordValue(nanos);
        recentLatency.recordValue(TimeUnit.NANOSECONDS.toMicros(nanos));
        if (firstByteNanos >= 0) {
            firstByte.recordValue(firstByteNanos);
        }
    }

    /** Records a failure other than wrong content of a transfer of the given file. */
    void failed(int target, String file, Throwable failure) {
        failed.increment();
        targets.get(target).failed.increment();
        failures.add(file, failure);
    }

    /** Records a transfer that could not be started. */
    void notStarted(Throwable failure) {
        started.decrement();
        notStarted.increment();
        failures.addNotStarted(failure);
    }

    /** Records a transfer with wrong content. */
    void wrongContent(int target, String file, String what) {
        failed.increment();
        targets.get(target).failed.increment();
        failures.addWrongContent(file, what);
    }
}
