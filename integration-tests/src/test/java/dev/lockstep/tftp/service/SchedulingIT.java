package dev.lockstep.tftp.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Daemon;
import dev.lockstep.tftp.harness.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The policy of the Linux scheduler under which the daemon runs. */
@Timeout(120)
class SchedulingIT {
    /** The index among the fields in proc(5) after the name of the command. */
    private static final int POLICY = 38;

    private static final String GONE = "a thread that has ended";

    @TempDir
    private Path root;

    @ParameterizedTest
    @CsvSource({"--other,'',0", "--other,--batch-scheduling,3", "--idle,'',5"})
    void threads_of_the_daemon_are_batch_only_if_asked(String given, String flag, String policy) throws IOException {
        Tool.needed("chrt");
        String[] flags = flag.isEmpty() ? new String[0] : new String[] {flag};
        try (Daemon daemon = Daemon.servingEverywhereIn(List.of("chrt", given, "0"), root, flags);
                Stream<Path> threads = Files.list(Path.of("/proc/" + daemon.pid() + "/task"))) {
            assertThat(threads.map(SchedulingIT::policyOf).filter(each -> !each.equals(GONE)))
                    .isNotEmpty()
                    .containsOnly(policy);
        }
    }

    private static String policyOf(Path thread) {
        try {
            String status = Files.readString(thread.resolve("stat"));
            return status.substring(status.lastIndexOf(')') + 2).split(" ")[POLICY];
        } catch (IOException e) {
            return GONE;
        }
    }
}
