package dev.lockstep.tftp.client.conform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A server in virtual time with one fault: the check of that fault fails, and no other. */
class ServerFaultsTest {
    /** Transfers of 65545 blocks: run only with their own faults, because they take most of the time. */
    private static final Set<String> LONG = Set.of("9", "9w", "10");

    static Stream<String> faults() {
        return ServerRun.checks().stream().map(Check::id);
    }

    @ParameterizedTest(name = "fault {0}")
    @MethodSource("faults")
    void a_fault_fails_its_check_and_no_other(String fault) {
        Map<String, String> failed = failed(fault);
        assertThat(failed.keySet()).as(String.join("\n", failed.values())).containsExactly(fault);
    }

    @Test
    void a_server_without_a_fault_passes_all_checks() {
        assertThat(failed("")).isEmpty();
    }

    private static Map<String, String> failed(String fault) {
        return results(fault).stream()
                .filter(result -> result.status() != Status.PASSED)
                .collect(Collectors.toMap(
                        result -> result.check().id(),
                        result -> result.check().id() + " " + result.status() + " " + result.detail() + "\n"
                                + String.join("\n", result.transcript()),
                        (a, b) -> a,
                        TreeMap::new));
    }

    /** Runs each check with a server of its own. */
    private static List<CheckResult> results(String fault) {
        return ServerRun.checks().parallelStream()
                .filter(check -> fault.isEmpty() || check.id().equals(fault) || !LONG.contains(check.id()))
                .map(check -> run(check, fault))
                .toList();
    }

    private static CheckResult run(Check<ServerProbe> check, String fault) {
        SimNetwork network = new SimNetwork();
        SimFolder folder = new SimFolder();
        new SimServer(network, folder, fault);
        try {
            ServerSession session = ServerSession.measure(
                    new ServerTarget(SimServer.ADDRESS, network, Optional.of(folder), Optional.empty(), "t"));
            return ServerRun.runner(session, result -> {}).run(check);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
