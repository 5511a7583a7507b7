package dev.lockstep.tftp.service;

import static dev.lockstep.tftp.harness.Bytes.ack;
import static dev.lockstep.tftp.harness.Bytes.pattern;
import static dev.lockstep.tftp.harness.Bytes.rrq;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.ClientProcess;
import dev.lockstep.tftp.harness.Daemon;
import dev.lockstep.tftp.harness.RawSocketPeer;
import dev.lockstep.tftp.harness.Run;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands {@code tftp hello} and {@code tftpd --probe-port}: the two ends of one exchange, with common step
 * numbers.
 */
@Timeout(120)
class HelloIT {
    private static final Pattern PROBE = Pattern.compile("(?m)^Probe port (\\d+)$");

    @TempDir
    private Path root;

    static String probePort(Daemon daemon) {
        daemon.awaitLine("the address of the probe", line -> PROBE.matcher(line).matches());
        Matcher match = PROBE.matcher(daemon.printed());
        assertThat(match.find()).isTrue();
        return match.group(1);
    }

    private Run.Result hello(String... where) {
        String[] words = new String[where.length + 1];
        words[0] = "hello";
        System.arraycopy(where, 0, words, 1, where.length);
        try (Run run = ClientProcess.tftp(root, words)) {
            return run.await();
        }
    }

    @Test
    void both_ends_print_their_half_of_six_steps() {
        try (Daemon daemon = Daemon.serving(root, "--probe-port", "0", "--verbose")) {
            Run.Result result = hello("127.0.0.1", probePort(daemon));
            assertThat(result.exit()).as(result.toString()).isZero();
            assertThat(result.output())
                    .isEqualTo("[1] Send: Hi, server! I'm client.\n"
                            + "[4] Recv: Hi, client! I'm server.\n"
                            + "[5] Close Socket\n");
            assertThat(result.stderr()).isEmpty();
            daemon.awaitLine("the last step", line -> line.endsWith("[6] Close Socket"));
            assertThat(daemon.printed().lines().filter(line -> line.matches(".*\\[\\d] .*")))
                    .extracting(line -> line.substring(line.indexOf('[')))
                    .containsExactly(
                            "[2] Recv: Hi, server! I'm client.",
                            "[3] Send: Hi, client! I'm server.",
                            "[6] Close Socket");
        }
    }

    @Test
    void without_verbose_the_daemon_does_not_log_the_probe() {
        try (Daemon daemon = Daemon.serving(root, "--probe-port", "0")) {
            assertThat(hello("127.0.0.1", probePort(daemon)).exit()).isZero();
            assertThat(daemon.printed()).doesNotContain("Recv", "Close Socket");
        }
    }

    @Test
    void an_unreachable_probe_is_exit_1_and_one_line() throws IOException {
        int closed;
        try (ServerSocket socket = new ServerSocket(0)) {
            closed = socket.getLocalPort();
        }
        Run.Result result = hello("127.0.0.1", Integer.toString(closed));
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.output()).isEmpty();
        assertThat(result.stderr()).isEqualTo("tftp: hello 127.0.0.1 " + closed + ": Connection refused\n");
    }

    @Test
    void an_invalid_port_is_wrong_usage_on_both_ends() {
        Run.Result client = hello("127.0.0.1", "70000");
        assertThat(client.exit()).isEqualTo(2);
        assertThat(client.stderr()).startsWith("tftp: port: 70000 (expected: 1 to 65535)");
        Run.Result server = Run.run(
                dev.lockstep.tftp.harness.Repository.ROOT
                        .resolve("server/bin/tftpd")
                        .toString(),
                "--probe-port",
                "-1",
                "127.0.0.1",
                "0");
        assertThat(server.exit()).isEqualTo(2);
        assertThat(server.stderr()).startsWith("tftpd: --probe-port: -1 (expected: 0 to 65535)");
    }

    @Test
    void a_draining_daemon_refuses_probes_while_it_still_sends() throws IOException {
        byte[] content = pattern(100_000);
        Files.write(root.resolve("draining"), content);
        try (Daemon daemon = Daemon.serving(root, "--probe-port", "0", "--drain", "60");
                RawSocketPeer reader = new RawSocketPeer()) {
            String port = probePort(daemon);
            assertThat(hello("127.0.0.1", port).exit()).isZero();
            reader.ask(daemon.address(), rrq("draining", "timeout", "255"));
            reader.expectOack();
            daemon.interrupt();
            daemon.awaitLine("the farewell", line -> line.equals("Interrupt, quitting..."));
            Run.Result refused = hello("127.0.0.1", port);
            assertThat(refused.exit()).as(refused.toString()).isEqualTo(1);
            assertThat(refused.stderr()).contains("Connection refused");
            reader.send(ack(0));
            assertThat(reader.download(512, 1)).isEqualTo(content);
            reader.talkTo(null);
        }
    }
}
