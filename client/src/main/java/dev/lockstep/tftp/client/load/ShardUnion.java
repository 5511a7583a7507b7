package dev.lockstep.tftp.client.load;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.HdrHistogram.IntCountsHistogram;

/**
 * Combines the results of the shards of a load test to that of the whole one. Counts are added up, percentiles are those
 * of all times, and rates are those from the first start in any shard to the last end.
 */
public final class ShardUnion {
    private static final int MAX_SAMPLES = 120;
    /** The latency of a sample of the timeline has as many significant digits as that of {@link LoadMetrics}. */
    private static final int SAMPLE_DIGITS = 2;

    private final List<Part> parts;
    private final double end;

    /**
     * The result of one shard.
     *
     * @param offset seconds from the begin of the first measurement of all shards to that of this one
     */
    public record Part(LoadResult result, double offset) {
        /** Returns the end of the measurement, or of its last sample, whose times are rounded independently. */
        private double end() {
            return offset
                    + Stream.concat(
                                    Stream.of(result.seconds()),
                                    result.timeline().stream().map(TransferSample::second))
                            .max(Double::compare)
                            .orElseThrow();
        }
    }

    private ShardUnion(List<Part> parts) {
        this.parts = parts;
        this.end = parts.stream().mapToDouble(Part::end).max().orElseThrow();
    }

    /**
     * Returns the result of all shards together.
     *
     * @param plan the load of the whole test
     * @param parts the results of its shards, at least one
     * @return the result
     */
    public static LoadResult of(LoadPlan plan, List<Part> parts) {
        return new ShardUnion(parts).result(plan);
    }

    private LoadResult result(LoadPlan plan) {
        return new LoadResult(
                plan,
                end,
                sum(LoadResult::transfers),
                sum(LoadResult::completed),
                sum(LoadResult::failed),
                sum(LoadResult::bytes),
                sum(LoadResult::resends),
                sum(LoadResult::duplicates),
                union(LoadResult::latency),
                union(LoadResult::firstByte),
                union(LoadResult::startDelay),
                LoadResult.mostFrequentFirst(counts(LoadResult::failures)),
                serverErrors(),
                all(LoadResult::wrongContent).distinct().toList(),
                timeline(),
                warmUp(),
                sum(LoadResult::notStarted),
                results()
                        .map(LoadResult::notStartedReason)
                        .flatMap(Optional::stream)
                        .findFirst(),
                sum(LoadResult::running),
                LoadResult.mostFrequentFirst(counts(LoadResult::granted)),
                IntStream.range(0, plan.targets().size()).mapToObj(this::row).toList());
    }

    private Stream<LoadResult> results() {
        return parts.stream().map(Part::result);
    }

    private long sum(ToLongFunction<LoadResult> figure) {
        return results().mapToLong(figure).sum();
    }

    private <T> Stream<T> all(Function<LoadResult, List<T>> list) {
        return results().map(list).flatMap(List::stream);
    }

    private Percentiles union(Function<LoadResult, Percentiles> times) {
        return Percentiles.union(results().map(times).toList());
    }

    private <T> Map<T, Long> counts(Function<LoadResult, List<Map.Entry<T, Long>>> counts) {
        return all(counts).collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, Long::sum));
    }

    private SortedMap<Integer, Long> serverErrors() {
        return new TreeMap<>(counts(result -> List.copyOf(result.serverErrors().entrySet())));
    }

    private LoadResult.WarmUp warmUp() {
        return new LoadResult.WarmUp(
                results().mapToDouble(result -> result.warmUp().seconds()).max().orElse(0),
                sum(result -> result.warmUp().completed()),
                sum(result -> result.warmUp().failed()),
                sum(result -> result.warmUp().bytes()));
    }

    private LoadResult.Row row(int target) {
        Function<LoadResult, LoadResult.Row> row = result -> result.rows().get(target);
        return new LoadResult.Row(
                row.apply(parts.get(0).result).target(),
                sum(result -> row.apply(result).completed()),
                sum(result -> row.apply(result).failed()),
                sum(result -> row.apply(result).bytes()),
                union(result -> row.apply(result).latency()));
    }

    /**
     * Returns samples of equal length, as long as the longest ones of the shards. What a shard has transferred within one
     * of its samples is assigned in proportion to the time, its latency by the end of the sample.
     */
    private List<TransferSample> timeline() {
        double length = all(LoadResult::timeline)
                .mapToDouble(TransferSample::length)
                .max()
                .orElse(end);
        int samples = (int) Math.max(1, Math.min(MAX_SAMPLES, Math.ceil(end / length)));
        return IntStream.range(0, samples)
                .mapToObj(i -> sample(end * i / samples, end * (i + 1) / samples))
                .toList();
    }

    private TransferSample sample(double from, double to) {
        IntCountsHistogram latency = new IntCountsHistogram(SAMPLE_DIGITS);
        long running = 0;
        for (Part part : parts) {
            for (TransferSample sample : part.result.timeline()) {
                double last = part.offset + sample.second();
                if (last > from && (last <= to || to >= end)) {
                    latency.add(sample.latency());
                }
                running += last - sample.length() < to && last >= to ? sample.running() : 0;
            }
        }
        return new TransferSample(
                to,
                to - from,
                between(from, to, TransferSample::bytes),
                between(from, to, TransferSample::completed),
                between(from, to, TransferSample::failed),
                running,
                latency);
    }

    /** Returns the part of a figure that falls between two times. The sum over all samples is exact. */
    private long between(double from, double to, ToLongFunction<TransferSample> figure) {
        return parts.stream()
                .mapToLong(part -> until(to, part, figure) - until(from, part, figure))
                .sum();
    }

    private static long until(double time, Part part, ToLongFunction<TransferSample> figure) {
        double sum = 0;
        for (TransferSample sample : part.result.timeline()) {
            double elapsed = time - part.offset - (sample.second() - sample.length());
            double share = sample.length() > 0 ? Math.min(1, Math.max(0, elapsed / sample.length())) : 1;
            sum += figure.applyAsLong(sample) * share;
        }
        return Math.round(sum);
    }
}
