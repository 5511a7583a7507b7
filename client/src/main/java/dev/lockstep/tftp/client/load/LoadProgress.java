package dev.lockstep.tftp.client.load;

/**
 * How far a run is, or its warm-up while that lasts.
 *
 * @param seconds since that has begun
 * @param p99Millis latency so far
 */
public record LoadProgress(
        boolean warmUp, double seconds, long started, long completed, long failed, long bytes, double p99Millis) {
    private static final double NANOS = 1e9;

    static LoadProgress of(boolean warmUp, LoadMetrics tally, long elapsed) {
        return new LoadProgress(
                warmUp,
                elapsed / NANOS,
                tally.started.sum(),
                tally.completed.sum(),
                tally.failed.sum(),
                tally.bytes.sum(),
                tally.latency.getValueAtPercentile(99) / 1e6);
    }

    /** Transfers that are under way. */
    public long running() {
        return Math.max(0, started - completed - failed);
    }
}
