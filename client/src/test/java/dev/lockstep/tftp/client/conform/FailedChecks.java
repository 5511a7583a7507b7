package dev.lockstep.tftp.client.conform;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The results that are not passed. */
final class FailedChecks {
    private FailedChecks() {}

    /** Returns the descriptions, with the packets, by the ID of the check. */
    static Map<String, String> of(Stream<CheckResult> results) {
        return results.filter(result -> result.status() != Status.PASSED)
                .collect(Collectors.toMap(
                        result -> result.check().id(), FailedChecks::description, (a, b) -> a, TreeMap::new));
    }

    private static String description(CheckResult result) {
        return result.check().id() + " " + result.status() + " " + result.detail() + "\n"
                + String.join("\n", result.transcript());
    }
}
