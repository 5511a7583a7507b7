package dev.lockstep.tftp.client.load;

import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.IntCountsHistogram;

/**
 * The figures of one interval of a load test.
 *
 * @param second end of the interval in seconds since the begin
 * @param length length of the interval in seconds
 * @param bytes file content transferred in the interval, in bytes
 * @param completed transfers completed in the interval
 * @param failed transfers failed in the interval
 * @param running transfers that are running at the end of the interval
 * @param latency the latency in microseconds of the transfers completed in the interval
 */
public record TransferSample(
        double second,
        double length,
        long bytes,
        long completed,
        long failed,
        long running,
        IntCountsHistogram latency) {
    private static final double MICROS_A_MILLI = 1000;

    /** Returns the sample of the interval between two states of the progress. */
    static TransferSample between(LoadProgress before, LoadProgress now, AbstractHistogram latency) {
        return new TransferSample(
                now.seconds(),
                now.seconds() - before.seconds(),
                now.bytes() - before.bytes(),
                now.completed() - before.completed(),
                now.failed() - before.failed(),
                now.running(),
                copyOf(latency));
    }

    /** Returns the combination of this interval and the next one. */
    TransferSample and(TransferSample later) {
        IntCountsHistogram all = copyOf(latency);
        all.add(later.latency);
        return new TransferSample(
                later.second,
                length + later.length,
                bytes + later.bytes,
                completed + later.completed,
                failed + later.failed,
                later.running,
                all);
    }

    private static IntCountsHistogram copyOf(AbstractHistogram latency) {
        IntCountsHistogram copy = new IntCountsHistogram(latency.getNumberOfSignificantValueDigits());
        copy.setAutoResize(true);
        copy.add(latency);
        return copy;
    }

    /**
     * Returns a percentile of the latency.
     *
     * @param percentile 0 to 100
     * @return milliseconds; NaN if no transfer was completed in the interval
     */
    public double latencyMillis(double percentile) {
        return latency.getTotalCount() == 0 ? Double.NaN : latency.getValueAtPercentile(percentile) / MICROS_A_MILLI;
    }

    /**
     * Returns the throughput.
     *
     * @return bytes per second
     */
    public double bytesPerSecond() {
        return length > 0 ? bytes / length : 0;
    }

    /**
     * Returns the rate of complete transfers.
     *
     * @return transfers per second
     */
    public double transfersPerSecond() {
        return length > 0 ? completed / length : 0;
    }

    /**
     * Returns the rate of failed transfers.
     *
     * @return transfers per second
     */
    public double failuresPerSecond() {
        return length > 0 ? failed / length : 0;
    }
}
