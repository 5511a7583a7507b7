package dev.lockstep.tftp.client;

import static dev.lockstep.tftp.harness.Bytes.pattern;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Daemon;
import dev.lockstep.tftp.harness.Repository;
import dev.lockstep.tftp.harness.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The shell at the end of a pipe: standard output has results only, and the exit status reports failures. */
@Timeout(180)
class ShellIT {
    @TempDir
    private Path folder;

    private Path root;
    private Daemon daemon;

    @BeforeEach
    void start() throws IOException {
        root = Files.createDirectory(folder.resolve("root"));
        Files.write(root.resolve("file"), pattern(1942));
        daemon = Daemon.serving(root, "--writable");
    }

    @AfterEach
    void stop() {
        daemon.close();
    }

    private Run.Result shell(String... lines) throws IOException {
        Files.write(folder.resolve("commands"), List.of(lines));
        return tftp("cat commands | ", "shell 127.0.0.1 " + daemon.port());
    }

    private Run.Result tftp(String before, String arguments) {
        String command = before + "'" + Repository.ROOT.resolve("client/bin/tftp") + "' " + arguments;
        try (Run run = Run.start(folder, Map.of(), List.of("sh", "-c", command))) {
            return run.await();
        }
    }

    @Test
    void results_are_printed_without_prompts() throws IOException {
        Run.Result result = shell("get file", "put file other");
        assertThat(result.output())
                .matches("Received 1942 bytes in \\d+\\.\\d seconds\nSent 1942 bytes in \\d+\\.\\d seconds\n");
        assertThat(result.stderr()).isEmpty();
        assertThat(result.exit()).isZero();
        assertThat(folder.resolve("file")).hasBinaryContent(pattern(1942));
        assertThat(root.resolve("other")).hasBinaryContent(pattern(1942));
    }

    @Test
    void a_failure_is_reported_and_sets_the_exit_status_whatever_follows() throws IOException {
        Run.Result result = shell("get nothing", "get file", "quit", "get never");
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.stderr())
                .endsWith("/nothing: server: file not found (error 1)\n")
                .hasLineCount(1);
        assertThat(result.output()).startsWith("Received 1942").hasLineCount(1);
    }

    @Test
    void many_files_are_one_command() throws IOException {
        Files.write(folder.resolve("a.bin"), pattern(1));
        Files.write(folder.resolve("b.bin"), pattern(2));
        Run.Result result = shell("mput *.bin", "mget file a.bin", "mget *.bin");
        assertThat(result.exit()).as(result.toString()).isEqualTo(1);
        assertThat(result.output().lines().map(line -> line.replaceAll(" bytes.*", "")))
                .containsExactly("a.bin: Sent 1", "b.bin: Sent 2", "file: Received 1942", "a.bin: Received 1");
        assertThat(result.stderr())
                .startsWith("tftp: *.bin: no server lists its files")
                .hasLineCount(1);
        assertThat(root.resolve("b.bin")).hasBinaryContent(pattern(2));
    }

    @Test
    void settings_are_kept_and_shown() throws IOException {
        Run.Result result = shell(
                "blksize 512", "windowsize 4", "timeout 3", "tsize", "ascii", "verb", "status", "get file", "bye");
        assertThat(result.exit()).as(result.toString()).isZero();
        assertThat(result.output())
                .startsWith("Tsize option off.\nDetailed results on.\n")
                .contains("Connected to 127.0.0.1 port " + daemon.port() + ".")
                .contains("Mode: netascii  Verbose: on  Tracing: off")
                .contains("Blksize: 512  Windowsize: 4  Timeout: 3 s  Tsize: off")
                .contains("Local directory: " + folder)
                .contains("blksize 512, windowsize 4, resends ");
    }

    @Test
    void local_files_and_commands_are_in_the_directory_of_lcd() throws IOException {
        Files.createDirectory(folder.resolve("local"));
        Run.Result result = shell("lcd local", "get file", "!ls", "!cat", "connect no-such-host.invalid", "exit");
        assertThat(folder.resolve("local/file")).hasBinaryContent(pattern(1942));
        assertThat(result.output().lines())
                .hasSize(3)
                .startsWith("Local directory: " + folder.resolve("local"))
                .endsWith("file");
        assertThat(result.stderr())
                .isEqualTo("tftp: no-such-host.invalid: unknown host (expected: connect HOST [PORT])\n");
        assertThat(result.exit()).isEqualTo(1);
    }

    @Test
    void classic_command_lines_of_other_clients_work() throws IOException {
        Run.Result hpa = tftp("", "127.0.0.1 " + daemon.port() + " -m binary -c get file hpa");
        assertThat(hpa.exit()).as(hpa.toString()).isZero();
        assertThat(hpa.output()).startsWith("Received 1942 bytes").hasLineCount(1);
        assertThat(folder.resolve("hpa")).hasBinaryContent(pattern(1942));
        Run.Result busybox = tftp("", "-g -b 1024 -r file -l copy 127.0.0.1 " + daemon.port());
        assertThat(busybox.exit()).as(busybox.toString()).isZero();
        assertThat(folder.resolve("copy")).hasBinaryContent(pattern(1942));
        Run.Result atftp = tftp("", "--put --local-file copy --remote-file up/load 127.0.0.1 " + daemon.port());
        assertThat(atftp.stderr()).contains("/up/load: ");
        Run.Result unknown = tftp("", "no-such-host.invalid 69");
        assertThat(unknown.exit()).isEqualTo(1);
        assertThat(unknown.stderr()).isEqualTo("tftp: no-such-host.invalid: unknown host\n");
    }

    @Test
    void a_trace_shows_the_packets() throws IOException {
        Run.Result result = shell("trace", "get file");
        assertThat(result.stderr()).contains("C: 00 01 f  i  l  e  00").contains("(last)");
    }

    @Test
    void an_unknown_command_is_a_failure() throws IOException {
        Run.Result result = shell("fetch file", "gte file", "ls", "get", "mode lace", "m x", "", "# a remark");
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.stderr().lines())
                .containsExactly(
                        "tftp: ?Invalid command: fetch (see help)",
                        "tftp: ?Invalid command: gte (did you mean get? see help)",
                        "tftp: ?Invalid command: ls (no server lists its files)",
                        "tftp: usage: get REMOTE [LOCAL]",
                        "tftp: mode: lace (expected: ascii or binary)",
                        "tftp: ?Ambiguous command: m (expected: mget or mput or mode)");
    }

    @Test
    void help_lists_the_classic_commands() throws IOException {
        Run.Result result = shell("?");
        assertThat(result.output().lines().map(line -> line.split("[ :]")[0]))
                .containsExactly(
                        "connect",
                        "get",
                        "put",
                        "mget",
                        "mput",
                        "ascii",
                        "binary",
                        "mode",
                        "blksize",
                        "windowsize",
                        "timeout",
                        "tsize",
                        "trace",
                        "verbose",
                        "lcd",
                        "!",
                        "status",
                        "help",
                        "quit",
                        "exit",
                        "bye");
    }
}
