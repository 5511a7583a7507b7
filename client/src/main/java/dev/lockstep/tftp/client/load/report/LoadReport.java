package dev.lockstep.tftp.client.load.report;

import dev.lockstep.tftp.client.load.FailCondition;
import dev.lockstep.tftp.client.load.LoadResult;
import java.time.Instant;
import java.util.List;

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
 */
public record LoadReport(
        String title,
        LoadResult result,
        String command,
        String version,
        Instant begin,
        String machine,
        List<FailCondition> conditions) {
    /** Copies the conditions. */
    public LoadReport {
        conditions = List.copyOf(conditions);
    }

    /**
     * Returns whether the load test was successful. A condition on failures replaces the rule that there must be none.
     * Wrong content, and transfers that were not started, always fail.
     *
     * @return whether no condition holds and no rule is broken
     */
    public boolean isSuccessful() {
        boolean limitsFailures = conditions.stream().anyMatch(FailCondition::isAboutFailures);
        return (limitsFailures || result.failed() == 0)
                && result.notStarted() == 0
                && result.wrongContent().isEmpty()
                && violated().isEmpty();
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
}
