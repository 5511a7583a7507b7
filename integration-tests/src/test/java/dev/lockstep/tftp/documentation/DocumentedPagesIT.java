package dev.lockstep.tftp.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.documentation.Fence.Step;
import dev.lockstep.tftp.harness.Repository;
import dev.lockstep.tftp.harness.Run;
import dev.lockstep.tftp.harness.Tool;
import java.io.IOException;
import java.net.DatagramSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs the commands of pages of the documentation from the first to the last, in one folder and against the daemons that
 * they start, and compares the output with that on the page. What differs from run to run is masked: times, rates, ports
 * of transfers and counts of retransmissions.
 */
@Timeout(600)
class DocumentedPagesIT {
    static final String[] PAGES = {
        "README.md",
        "docs/getting-started.md",
        "docs/server.md",
        "docs/rules.md",
        "docs/client.md",
        "docs/conformance.md",
        "docs/load-testing.md"
    };

    private static final Duration LIMIT = Duration.ofSeconds(120);
    /** A command that starts a daemon, and none of its other commands. */
    private static final Pattern DAEMON = Pattern.compile("(?:\\S*/)?tftpd (?!check|explain|--help|--version).*");

    /** Lines that the first start prints, which builds the program. */
    private static final Pattern BUILD = Pattern.compile("tftpd?: (building|Lockstep TFTP) .*");

    /** Lines about the machine: of tshark for root, and of Netty where no network interface has a hardware address. */
    private static final Pattern SURROUNDINGS =
            Pattern.compile("^Running as user |netty.util.internal.MacAddressUtil|usable hardware address");

    /** The warning of Java 24 and later, and the empty line after it, where no flag allows native access. */
    private static final Pattern NATIVE_ACCESS = Pattern.compile("WARNING: A restricted method(?s:.*?)is enabled\n+");

    @TempDir
    private Path temporary;

    /** The folder in which the commands run; it stands for {@code /home/you}. */
    private Path home;

    private String port;
    private String freePort;
    private Run daemon;
    private final List<String> expectedOfDaemon = new ArrayList<>();

    static Stream<String> pages() {
        return Stream.of(PAGES);
    }

    @ParameterizedTest
    @MethodSource("pages")
    void each_command_of_a_page_prints_what_the_page_shows(String page) throws IOException {
        home = Files.createDirectory(temporary.toRealPath().resolve("home"));
        Files.createSymbolicLink(home.resolve("server"), Repository.ROOT.resolve("server"));
        Files.createSymbolicLink(home.resolve("client"), Repository.ROOT.resolve("client"));
        try (DatagramSocket one = new DatagramSocket();
                DatagramSocket other = new DatagramSocket()) {
            port = "" + one.getLocalPort();
            freePort = "" + other.getLocalPort();
        }
        try {
            for (Fence fence : Fence.of(Repository.ROOT.resolve(page))) {
                if (fence.file() != null) {
                    Files.writeString(home.resolve(real(fence.file())), real(fence.text()));
                }
                if (fence.isRun()) {
                    run(fence);
                }
            }
        } finally {
            if (daemon != null) {
                daemon.close();
            }
            Files.delete(home.resolve("server"));
            Files.delete(home.resolve("client"));
        }
    }

    private void run(Fence fence) {
        for (Step step : fence.steps()) {
            List<String> output = step.output().stream()
                    .filter(line -> !BUILD.matcher(line).matches())
                    .toList();
            if (step.command().isEmpty()) {
                expectedOfDaemon.addAll(output);
                awaitOutputOfDaemon(fence);
            } else if (DAEMON.matcher(step.command()).matches()) {
                restart(step.command());
                expectedOfDaemon.addAll(output);
            } else {
                String name = step.command().split(" ")[0];
                if (name.equals("curl") || name.equals("tshark")) {
                    Tool.needed(name);
                }
                List<String> expected = lines(real(String.join("\n", output)));
                Run.Result result = bash("exec 2>&1\n" + real(step.command())).await(LIMIT);
                assertThat(lines(result.output()))
                        .as("%s: %s%nwhich printed:%n%s", fence.place(), step.command(), result.output())
                        .isEqualTo(expected);
            }
        }
        if (daemon != null) {
            awaitOutputOfDaemon(fence);
        }
    }

    private Run bash(String command) {
        return Run.start(
                home,
                Map.of("JAVA_OPTS", Repository.QUICK_OPTIONS, "HOME", home.toString(), "LC_ALL", "C.UTF-8"),
                List.of("bash", "-c", "PATH=$HOME/server/bin:$HOME/client/bin:$PATH\n" + command));
    }

    private void restart(String command) {
        if (daemon != null) {
            daemon.terminate();
            assertThat(daemon.await(LIMIT).exit()).isZero();
        }
        expectedOfDaemon.clear();
        daemon = bash("exec 2>&1\nexec " + real(command));
        daemon.awaitLine("Listening port " + port);
    }

    /** Waits until the daemon has printed the expected lines. It may print others, such as a warning for root. */
    private void awaitOutputOfDaemon(Fence fence) {
        for (String line : expectedOfDaemon) {
            String masked = masked(real(line));
            daemon.awaitOutput(text -> lines(text).contains(masked), LIMIT);
            assertThat(lines(daemon.output())).as(fence.place()).contains(masked);
        }
    }

    private String real(String text) {
        return text.replace("/home/you/lockstep", Repository.ROOT.toString())
                .replace("/home/you", home.toString())
                .replaceAll("/(?:tmp|srv)/tftp", home.resolveSibling("tftp").toString())
                .replace("install -d -o you ", "install -d ")
                .replace("6969", port)
                .replace("6970", freePort);
    }

    private static List<String> lines(String text) {
        return NATIVE_ACCESS
                .matcher(text)
                .replaceAll("")
                .lines()
                .filter(line -> !SURROUNDINGS.matcher(line).find())
                .map(DocumentedPagesIT::masked)
                .distinct() // on a busy machine a packet may be retransmitted
                .toList();
    }

    private static String masked(String line) {
        return line.replaceAll("\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z", "TIME")
                .replaceAll("\\(d[rwx-]{9} \\S+, ", "(MODE USER, ")
                .replaceAll("(127\\.0\\.0\\.1):\\d+", "$1:PORT")
                .replaceAll("\\d+\\.\\d+", "N")
                .replaceAll("\\b(\\d+|N) ([kMG]?B/s)", "RATE")
                .replaceAll("\\b(resends|retransmitted|reordered) \\d+", "$1 N")
                .replaceAll("\"resends\":\\d+", "\"resends\":N")
                .replaceAll("^(warm-up +)\\d+", "$1N")
                .replaceAll("^ +\\d+ +N ", "FRAME ")
                .replaceAll("( \\d/\\d  ).*, heap \\d+ MiB$", "$1MACHINE")
                .replaceAll("[ \\t]+", " ")
                .strip();
    }
}
