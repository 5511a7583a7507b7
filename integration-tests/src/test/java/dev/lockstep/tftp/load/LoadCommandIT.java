package dev.lockstep.tftp.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.ClientProcess;
import dev.lockstep.tftp.harness.Repository;
import dev.lockstep.tftp.harness.Run;
import dev.lockstep.tftp.harness.SharedDaemon;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code tftp load} as a process: its streams, its exit status, signals and descriptors. */
class LoadCommandIT {
    private static final int FILES = 10;

    @RegisterExtension
    private static final SharedDaemon DAEMON = SharedDaemon.serving().files(root -> {
        for (int n = 0; n < FILES; n++) {
            Files.write(root.resolve("boot-" + n + ".img"), new byte[5000]);
            Files.write(root.resolve("slow-" + n + ".img"), new byte[5000]);
        }
    });

    @TempDir
    private Path folder;

    private static String uri(String file) {
        return "tftp://127.0.0.1:" + DAEMON.port() + "/" + file;
    }

    private Run.Result load(String... arguments) {
        try (Run run = ClientProcess.tftp(folder, arguments)) {
            return run.await();
        }
    }

    private static long number(String field, String json) {
        Matcher matcher = Pattern.compile("^  \"" + field + "\" : (\\d+)", Pattern.MULTILINE)
                .matcher(json);
        assertThat(matcher.find()).as(json).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    @Test
    void json_on_standard_output_is_alone_there_and_tolerated_failures_exit_with_0() {
        Run.Result result = load(
                "load",
                uri("boot-{n}.img"),
                "--transfers",
                "20",
                "--concurrency",
                "2",
                "--json",
                "-",
                "--fail-if",
                "failures > 50%");
        assertThat(result.exit()).as(result.toString()).isZero();
        assertThat(result.output()).startsWith("{").endsWith("}\n");
        assertThat(number("completed", result.output())).isEqualTo(FILES);
        assertThat(number("failed", result.output())).isEqualTo(20 - FILES);
        assertThat(result.output())
                .contains("\"command\" : \"tftp load '" + uri("boot-{n}.img") + "' --transfers 20 ")
                .contains("--json - --fail-if 'failures > 50%'\"");
        assertThat(result.stderr())
                .startsWith("ok           failures > 50%: 50.00 %\nfailed       10 × ")
                .contains("10 complete, 10 failed");
    }

    @Test
    void a_condition_that_holds_exits_with_1() {
        Run.Result result = load(
                "load",
                uri("boot-1.img"),
                "--transfers",
                "5",
                "--quiet",
                "--fail-if",
                "p99>1us",
                "--fail-if",
                "rate<0.01");
        assertThat(result.exit()).as(result.toString()).isEqualTo(1);
        assertThat(result.stderr()).startsWith("tftp: --fail-if p99>1us: ").hasLineCount(1);
        assertThat(result.output()).isEmpty();
    }

    @Test
    void a_signal_keeps_what_was_measured() throws Exception {
        try (Run run = ClientProcess.tftp(
                folder, "load", uri("slow-{n}.img"), "--rate", "5", "--transfers", "500", "--json", "load.json")) {
            DAEMON.awaitLine("the sixth file", line -> line.contains("slow-5.img"));
            run.terminate();
            Run.Result result = run.await();
            assertThat(result.exit()).as(result.toString()).isEqualTo(143);
            String json = Files.readString(folder.resolve("load.json"));
            assertThat(number("completed", json)).isBetween(4L, (long) FILES);
            assertThat(result.output()).contains("transfers    " + number("completed", json) + " complete, ");
        }
    }

    @Test
    void transfers_beyond_the_descriptors_are_counted_as_not_started() {
        String command = Repository.ROOT.resolve("client/bin/tftp") + " load " + uri("boot-1.img")
                + " --rate 1000 --transfers 1000 --delay 100 --json -";
        try (Run run = Run.start(
                folder,
                Map.of("JAVA_OPTS", Repository.JAVA_OPTIONS),
                List.of("bash", "-c", "ulimit -n 200 && exec " + command))) {
            Run.Result result = run.await();
            assertThat(result.exit()).as(result.toString()).isEqualTo(1);
            long notStarted = number("not_started", result.output());
            assertThat(notStarted).isPositive();
            assertThat(number("completed", result.output())).isEqualTo(1000 - notStarted);
            assertThat(number("failed", result.output())).isZero();
            assertThat(result.stderr())
                    .contains("not started  " + notStarted + ": no socket: Too many open files (see ulimit -n");
        }
    }
}
