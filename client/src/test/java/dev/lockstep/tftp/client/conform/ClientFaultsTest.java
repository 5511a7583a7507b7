package dev.lockstep.tftp.client.conform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A client in virtual time with one fault: the check of that fault fails, and no other. */
class ClientFaultsTest {
    /** Transfers of 65540 blocks: run only with their own faults, because they take most of the time. */
    private static final Set<String> LONG = Set.of("9", "9w", "10");

    static Stream<String> faults() {
        return ClientRun.checks().stream().map(Check::id);
    }

    @ParameterizedTest(name = "fault {0}")
    @MethodSource("faults")
    void a_fault_fails_its_check_and_no_other(String fault) {
        Map<String, String> failed = failed(fault);
        assertThat(failed.keySet()).as(String.join("\n", failed.values())).containsExactly(fault);
    }

    @Test
    void a_client_without_a_fault_passes_all_checks() {
        assertThat(failed("")).isEmpty();
    }

    @Test
    void a_client_whose_options_are_no_numbers_fails_checks_and_ends_none() {
        assertThat(failed("options").values())
                .anyMatch(result -> result.contains("requested blksize=0 (expected: a number above 0)"))
                .anyMatch(result -> result.contains("requested windowsize=\\x1b[2J (expected: a number above 0)"))
                .noneMatch(result -> result.contains("\033"));
    }

    /** Runs each check with a client of its own; returns the results that are not passed. */
    private static Map<String, String> failed(String fault) {
        return FailedChecks.of(ClientRun.checks().parallelStream()
                .filter(check -> fault.isEmpty() || check.id().equals(fault) || !LONG.contains(check.id()))
                .map(check -> run(check, fault)));
    }

    private static CheckResult run(Check<ClientProbe> check, String fault) {
        SimNetwork network = new SimNetwork();
        String mode = check.id().equals("37") ? "netascii" : "octet";
        try {
            ClientSession session = ClientSession.measure(new SimClient(network, fault, mode), network);
            return ClientRun.runner(session, result -> {}).run(check);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
