package dev.lockstep.tftp.client.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The result of a load test, from which all reports are generated.
 *
 * @param plan the load
 * @param seconds time from the first start to the last end, without the warm-up
 * @param transfers transfers that have ended
 * @param completed transfers that are complete
 * @param failed transfers that have failed; all figures for failures include the warm-up
 * @param bytes file content in bytes, including that of failed transfers
 * @param resends messages that were retransmitted
 * @param duplicates messages that were received twice or out of order
 * @param latency times of complete transfers from their scheduled start to their end
 * @param firstByte times of complete transfers from their scheduled start to the first byte of the file
 * @param startDelay delays of starts after their scheduled time, which this machine or the limit of concurrent
 *     transfers has added to the latency
 * @param failures number of failures for each reason, the most frequent first
 * @param serverErrors number of ERRORs from a server for each code
 * @param wrongContent the first cases of wrong content, with their offsets
 * @param timeline the samples over time
 * @param warmUp the figures of the warm-up
 * @param notStarted transfers that could not be started, or were due and had not started at the end
 * @param notStartedReason the reason why transfers could not be started; empty if there is none
 * @param running transfers that were running when the load test was stopped
 * @param granted number of transfers for each combination of granted options, the most frequent first
 * @param rows the figures of each target, in the order of the plan
 */
public record LoadResult(
        LoadPlan plan,
        double seconds,
        long transfers,
        long completed,
        long failed,
        long bytes,
        long resends,
        long duplicates,
        Percentiles latency,
        Percentiles firstByte,
        Percentiles startDelay,
        List<Map.Entry<String, Long>> failures,
        SortedMap<Integer, Long> serverErrors,
        List<String> wrongContent,
        List<TransferSample> timeline,
        WarmUp warmUp,
        long notStarted,
        Optional<String> notStartedReason,
        long running,
        List<Map.Entry<GrantedOptions, Long>> granted,
        List<Row> rows) {
    private static final double NANOS = 1e9;

    /**
     * The figures of one target, without the warm-up.
     *
     * @param target the target
     * @param completed transfers that are complete
     * @param failed transfers that have failed
     * @param bytes file content in bytes
     * @param latency times of complete transfers from their scheduled start to their end
     */
    public record Row(Target target, long completed, long failed, long bytes, Percentiles latency) {
        static Row of(Target target, LoadMetrics.TargetMetrics metrics) {
            return new Row(
                    target,
                    metrics.completed.sum(),
                    metrics.failed.sum(),
                    metrics.bytes.sum(),
                    Percentiles.of(metrics.latency));
        }
    }

    /**
     * The figures of the warm-up, all zero without one. Its transfers are verified. Only its failures are included in
     * the result.
     *
     * @param seconds length of the warm-up
     * @param completed transfers that are complete
     * @param failed transfers that have failed
     * @param bytes file content in bytes
     */
    public record WarmUp(double seconds, long completed, long failed, long bytes) {
        static WarmUp of(LoadMetrics metrics, long elapsed) {
            return new WarmUp(elapsed / NANOS, metrics.completed.sum(), metrics.failed.sum(), metrics.bytes.sum());
        }
    }

    static LoadResult of(
            LoadPlan plan,
            LoadMetrics metrics,
            Failures reasons,
            List<TransferSample> timeline,
            long elapsed,
            WarmUp warmUp,
            long notStarted) {
        SortedMap<Integer, Long> serverErrors = new TreeMap<>();
        reasons.serverErrors.forEach((code, count) -> serverErrors.put(code, count.sum()));
        long failed = metrics.failed.sum() + warmUp.failed();
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < plan.targets().size(); i++) {
            rows.add(Row.of(plan.targets().get(i), metrics.targets.get(i)));
        }
        return new LoadResult(
                plan,
                elapsed / NANOS,
                metrics.completed.sum() + failed,
                metrics.completed.sum(),
                failed,
                metrics.bytes.sum(),
                metrics.resends.sum(),
                metrics.duplicates.sum(),
                Percentiles.of(metrics.latency),
                Percentiles.of(metrics.firstByte),
                Percentiles.of(metrics.startDelay),
                mostFrequentFirst(reasons.reasons),
                serverErrors,
                List.copyOf(reasons.wrongContent),
                timeline,
                warmUp,
                notStarted,
                Optional.ofNullable(reasons.notStarted),
                LoadProgress.of(false, metrics, elapsed).running(),
                mostFrequentFirst(metrics.granted),
                List.copyOf(rows));
    }

    static <T> List<Map.Entry<T, Long>> mostFrequentFirst(Map<T, ? extends Number> counts) {
        List<Map.Entry<T, Long>> entries = new ArrayList<>();
        counts.forEach((key, count) -> entries.add(Map.entry(key, count.longValue())));
        entries.sort(Map.Entry.<T, Long>comparingByValue()
                .reversed()
                .thenComparing(entry -> entry.getKey().toString()));
        return List.copyOf(entries);
    }

    /**
     * Returns the throughput.
     *
     * @return bytes per second
     */
    public double bytesPerSecond() {
        return seconds > 0 ? bytes / seconds : 0;
    }

    /**
     * Returns the rate of complete transfers.
     *
     * @return transfers per second
     */
    public double transfersPerSecond() {
        return seconds > 0 ? completed / seconds : 0;
    }
}
