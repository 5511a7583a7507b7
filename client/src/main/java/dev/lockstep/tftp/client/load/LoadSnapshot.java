package dev.lockstep.tftp.client.load;

import java.util.HashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * The numbers of a load test that is running, without its warm-up.
 *
 * @param progress the progress, whose time is not set
 * @param notStarted transfers that could not be started
 * @param resends retransmitted messages
 * @param serverErrors received ERRORs by code
 * @param latency a copy of the latency in nanoseconds
 * @param firstByte a copy of the time to the first byte in nanoseconds
 */
public record LoadSnapshot(
        LoadProgress progress,
        long notStarted,
        long resends,
        Map<Integer, Long> serverErrors,
        Histogram latency,
        Histogram firstByte) {

    static LoadSnapshot of(LoadMetrics metrics, Failures failures, long elapsed) {
        Map<Integer, Long> errors = new HashMap<>();
        failures.serverErrors.forEach((code, count) -> errors.put(code, count.sum()));
        return new LoadSnapshot(
                LoadProgress.of(elapsed < 0, metrics, Math.max(0, elapsed)),
                metrics.notStarted.sum(),
                metrics.resends.sum(),
                errors,
                metrics.latency.copy(),
                metrics.firstByte.copy());
    }
}
