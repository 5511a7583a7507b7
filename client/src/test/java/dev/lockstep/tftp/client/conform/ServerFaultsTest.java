package dev.lockstep.tftp.client.conform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

    @Test
    void a_slow_server_passes_all_checks() {
        assertThat(ServerRun.checks().parallelStream()
                        .filter(check -> !LONG.contains(check.id()))
                        .map(check -> run(check, "", Timing.seconds(1), Timing.seconds(10)))
                        .filter(result -> result.status() != Status.PASSED
                                || !result.detail().isEmpty())
                        .map(result -> result.check().id() + " " + result.detail() + "\n"
                                + String.join("\n", result.transcript())))
                .isEmpty();
    }

    private static Map<String, String> failed(String fault) {
        return FailedChecks.of(results(fault).stream());
    }

    /** Runs each check with a server of its own. */
    private static List<CheckResult> results(String fault) {
        return ServerRun.checks().parallelStream()
                .filter(check -> fault.isEmpty() || check.id().equals(fault) || !LONG.contains(check.id()))
                .map(check -> run(check, fault))
                .toList();
    }

    private static CheckResult run(Check<ServerProbe> check, String fault) {
        return run(check, fault, SimNetwork.LATENCY, SimServer.RTO);
    }

    private static CheckResult run(Check<ServerProbe> check, String fault, long latency, long rto) {
        SimNetwork network = new SimNetwork(latency);
        SimFolder folder = new SimFolder();
        new SimServer(network, folder, fault, rto);
        try {
            ServerSession session = ServerSession.measure(
                    new ServerTarget(SimServer.ADDRESS, network, Optional.of(folder), Optional.empty(), "t"));
            return ServerRun.runner(session, result -> {}).run(check);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
