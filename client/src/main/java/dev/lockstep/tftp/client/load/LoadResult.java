package dev.lockstep.tftp.client.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What came of a load; all reports are made of this.
 *
 * @param seconds from the first start to the last end, the warm-up left out
 * @param failed those of the warm-up included, as in all that is said of failures
 * @param bytes octets of files, those of failed transfers included
 * @param latency of complete transfers, from the moment they were meant to start
 * @param firstByte of complete transfers, until the first octet of the file
 * @param startDelay how much later than meant transfers began: what this machine, or the limit on transfers at once,
 *     has added to the latency
 * @param failures how often each reason led to a failure, the most frequent first
 * @param serverErrors how often each code came in an ERROR from a server
 * @param wrongContent the first contents that were wrong, with their offsets
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
        WarmUp warmUp) {
    private static final double NANOS = 1e9;

    /** What was made and checked before anything else counted, all zero without; only its failures are counted. */
    public record WarmUp(double seconds, long completed, long failed, long bytes) {
        static WarmUp of(LoadMetrics tally, long elapsed) {
            return new WarmUp(elapsed / NANOS, tally.completed.sum(), tally.failed.sum(), tally.bytes.sum());
        }
    }

    static LoadResult of(
            LoadPlan plan,
            LoadMetrics tally,
            Failures why,
            List<TransferSample> timeline,
            long elapsed,
            WarmUp warmUp) {
        List<Map.Entry<String, Long>> failures = new ArrayList<>();
        why.reasons().forEach((reason, count) -> failures.add(Map.entry(reason, count.sum())));
        failures.sort(Map.Entry.<String, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()));
        SortedMap<Integer, Long> serverErrors = new TreeMap<>();
        for (Map.Entry<Integer, LongAdder> error : why.serverErrors().entrySet()) {
            serverErrors.put(error.getKey(), error.getValue().sum());
        }
        List<String> wrongContent = new ArrayList<>();
        why.wrongContent().forEach(wrongContent::add);
        long failed = tally.failed.sum() + warmUp.failed();
        return new LoadResult(
                plan,
                elapsed / NANOS,
                tally.completed.sum() + failed,
                tally.completed.sum(),
                failed,
                tally.bytes.sum(),
                tally.resends.sum(),
                tally.duplicates.sum(),
                Percentiles.of(tally.latency),
                Percentiles.of(tally.firstByte),
                Percentiles.of(tally.startDelay),
                List.copyOf(failures),
                serverErrors,
                List.copyOf(wrongContent),
                timeline,
                warmUp);
    }

    /** Octets a second. */
    public double bytesPerSecond() {
        return seconds > 0 ? bytes / seconds : 0;
    }

    /** Complete transfers a second. */
    public double transfersPerSecond() {
        return seconds > 0 ? completed / seconds : 0;
    }

    /** Whether every transfer came whole and right. */
    public boolean allWell() {
        return failed == 0;
    }
}
