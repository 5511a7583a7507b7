package dev.lockstep.tftp.client.load;

/**
 * How far a run is.
 *
 * @param p99Millis latency so far
 */
public record LoadProgress(double seconds, long started, long completed, long failed, long bytes, double p99Millis) {
    private static final double NANOS = 1e9;

    static LoadProgress of(Tally tally, long elapsed) {
        return new LoadProgress(
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
