package dev.lockstep.tftp.client.load;

/**
 * The figures of one interval of a load test.
 *
 * @param second end of the interval in seconds since the begin
 * @param length length of the interval in seconds
 * @param bytes file content transferred in the interval, in bytes
 * @param completed transfers completed in the interval
 * @param failed transfers failed in the interval
 * @param running transfers that are running at the end of the interval
 */
public record TransferSample(double second, double length, long bytes, long completed, long failed, long running) {
    static final TransferSample NONE = new TransferSample(0, 0, 0, 0, 0, 0);

    /** Returns the sample of the interval between two states of the progress. */
    static TransferSample between(LoadProgress before, LoadProgress now) {
        return new TransferSample(
                now.seconds(),
                now.seconds() - before.seconds(),
                now.bytes() - before.bytes(),
                now.completed() - before.completed(),
                now.failed() - before.failed(),
                now.running());
    }

    /** Returns the combination of this interval and the next one. */
    TransferSample and(TransferSample later) {
        return new TransferSample(
                later.second,
                length + later.length,
                bytes + later.bytes,
                completed + later.completed,
                failed + later.failed,
                later.running);
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
