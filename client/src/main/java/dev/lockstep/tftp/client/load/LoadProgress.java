package dev.lockstep.tftp.client.load;

/**
 * The progress of a load test, or of its warm-up during that time.
 *
 * @param warmUp whether this is the progress of the warm-up
 * @param seconds time since its begin
 * @param started transfers that have started
 * @param completed transfers that are complete
 * @param failed transfers that have failed
 * @param bytes file content transferred, in bytes
 * @param p99Millis 99th percentile of the latency so far, in milliseconds
 */
public record LoadProgress(
        boolean warmUp, double seconds, long started, long completed, long failed, long bytes, double p99Millis) {
    /** No progress. */
    public static final LoadProgress NONE = new LoadProgress(false, 0, 0, 0, 0, 0, 0);

    private static final double NANOS = 1e9;

    static LoadProgress of(boolean warmUp, LoadMetrics metrics, long elapsed) {
        return new LoadProgress(
                warmUp,
                elapsed / NANOS,
                metrics.started.sum(),
                metrics.completed.sum(),
                metrics.failed.sum(),
                metrics.bytes.sum(),
                metrics.latency.getValueAtPercentile(99) / 1e6);
    }

    /**
     * Returns the number of running transfers.
     *
     * @return the number of transfers that have started and not ended
     */
    public long running() {
        return Math.max(0, started - completed - failed);
    }
}
