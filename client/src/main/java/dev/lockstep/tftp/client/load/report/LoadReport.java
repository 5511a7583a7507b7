package dev.lockstep.tftp.client.load.report;

import dev.lockstep.tftp.client.load.FailCondition;
import dev.lockstep.tftp.client.load.LoadResult;
import dev.lockstep.tftp.client.load.Shard;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The content of a report: a result, and the facts that distinguish it from other load tests.
 *
 * @param title a title of the user's choice, or an empty text
 * @param result the result of a load test
 * @param command the command with its arguments
 * @param version the name and version of the program
 * @param begin the time at which the load test began
 * @param machine a description of the machine that has generated the load
 * @param conditions the conditions under which the load test fails
 * @param shards the reports of the shards that were merged to this one, by their index; empty if this is one run
 */
public record LoadReport(
        String title,
        LoadResult result,
        String command,
        String version,
        Instant begin,
        String machine,
        List<FailCondition> conditions,
        List<LoadReport> shards) {
    private static final double NANOS = 1e9;

    /** Copies the lists. */
    public LoadReport {
        conditions = List.copyOf(conditions);
        shards = List.copyOf(shards);
    }

    /**
     * Returns whether the load test was successful. A condition on failures replaces the rule that there must be none.
     * Wrong content, transfers that were not started, and shards without a report always fail.
     *
     * @return whether no condition holds and no rule is broken
     */
    public boolean isSuccessful() {
        boolean limitsFailures = conditions.stream().anyMatch(FailCondition::isAboutFailures);
        return (limitsFailures || result.failed() == 0)
                && result.notStarted() == 0
                && result.wrongContent().isEmpty()
                && violated().isEmpty()
                && missing().isEmpty();
    }

    /**
     * Returns the conditions that hold.
     *
     * @return the conditions, in their order
     */
    public List<FailCondition> violated() {
        return conditions.stream()
                .filter(condition -> condition.holdsFor(result))
                .toList();
    }

    /** Returns the part of the load test that was run. */
    public Shard shard() {
        return result.plan().schedule().shard();
    }

    /** Returns the number of shards of the load test. */
    int shardCount() {
        return (shards.isEmpty() ? this : shards.get(0)).shard().count();
    }

    /** Returns the indices of shards without a report; empty if this is one run. */
    public List<Integer> missing() {
        List<Integer> present =
                shards.stream().map(each -> each.shard().index()).toList();
        return shards.isEmpty()
                ? List.of()
                : IntStream.rangeClosed(1, shardCount())
                        .boxed()
                        .filter(index -> !present.contains(index))
                        .toList();
    }

    /** Returns the missing shards in words, such as {@code shards 2, 3 of 4}. */
    public String describeMissing() {
        String indices = missing().stream().map(String::valueOf).collect(Collectors.joining(", "));
        return (missing().size() == 1 ? "shard " : "shards ") + indices + " of " + shardCount();
    }

    /** Returns the time between the begin of the first shard and that of the last one. */
    double secondsBetweenBegins() {
        List<Instant> begins = shards.stream().map(LoadReport::begin).sorted().toList();
        return seconds(Duration.between(begins.get(0), begins.get(begins.size() - 1)));
    }

    /** Returns a time in seconds, of any length: the clock of a machine may be wrong. */
    static double seconds(Duration time) {
        return time.getSeconds() + time.getNano() / NANOS;
    }
}
