package dev.lockstep.tftp.service;

import static dev.lockstep.tftp.harness.Bytes.bytes;
import static dev.lockstep.tftp.harness.Bytes.error;
import static dev.lockstep.tftp.harness.Bytes.pattern;
import static dev.lockstep.tftp.harness.Bytes.rrq;
import static dev.lockstep.tftp.harness.Bytes.wrq;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import dev.lockstep.tftp.harness.Daemon;
import dev.lockstep.tftp.harness.Datagram;
import dev.lockstep.tftp.harness.RawSocketPeer;
import dev.lockstep.tftp.harness.Repository;
import dev.lockstep.tftp.harness.Run;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The log of a running daemon: JSON, journal, and under a flood. */
@Timeout(120)
class LogIT {
    @TempDir
    private Path root;

    @Test
    void with_json_every_line_on_standard_error_is_one_object() throws IOException {
        Files.write(root.resolve("file"), pattern(1_000));
        Daemon daemon = Daemon.serving(root, "--json-log", "--verbose", "--trace=decoded", "--probe-port", "0");
        try (daemon) {
            daemon.hangUp();
            daemon.fetch("file");
            try (RawSocketPeer client = new RawSocketPeer()) {
                client.ask(daemon.address(), rrq("nothing"));
                client.expectError(1);
                client.ask(daemon.address(), rrq("file", "tsize", "0"));
                client.expectOack();
                client.send(error(8, "User aborted the transfer"));
                client.talkTo(null);
            }
            daemon.awaitLine("the probe", line -> line.contains("\"result\":\"probe\""));
            daemon.awaitLine("the refusal", line -> line.contains("\"event\":\"refused\""));
            daemon.awaitLine("the transfer", line -> line.contains("\"result\":\"complete\""));
            daemon.awaitLine("the signal", line -> line.contains("SIGHUP ignored: no configuration file"));
        }
        assertThat(daemon.output()).isEmpty();
        List<String> lines = daemon.printed().lines().toList();
        assertThat(lines)
                .allSatisfy(LogIT::assertIsOneObject)
                .filteredOn(line -> line.contains("\"level\":\"WARN\"") && !line.contains("running as root"))
                .singleElement()
                .asString()
                .contains("SIGHUP");
        String listening = "\"event\":\"listening\",\"address\":\"127.0.0.1\",\"port\":" + daemon.port();
        for (String event : List.of(
                "\"event\":\"started\",\"version\":\"tftpd ",
                "\"roots\":\"" + root.toRealPath() + " (d",
                listening,
                "\"event\":\"probe_listening\",\"port\":",
                "\"event\":\"stopping\"",
                "RRQ nothing octet\"}")) {
            assertThat(lines).as(event).filteredOn(line -> line.contains(event)).hasSize(1);
        }
        assertThat(lines)
                .filteredOn(line -> line.contains("\"event\":\"requested\""))
                .hasSize(3)
                .allMatch(line -> line.contains("\"options\":"));
    }

    private static void assertIsOneObject(String line) throws IOException {
        try (JsonParser parser = new JsonFactory().createParser(line)) {
            parser.nextToken();
            parser.skipChildren();
            assertThat(parser.nextToken()).as(line).isNull();
        }
    }

    @Test
    void journal_lines_have_priorities_and_no_timestamps() throws IOException {
        Files.write(root.resolve("file"), pattern(1_000));
        // like a service manager: the variable has the device and inode of standard error
        String journal = "export JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2); exec \"$@\"";
        try (Daemon daemon = Daemon.servingEverywhereIn(List.of("bash", "-c", journal, "bash"), root)) {
            daemon.fetch("file");
            daemon.awaitLine(
                    "its line", line -> line.matches("<6>127\\.0\\.0\\.1:\\d+ read file 1000 bytes.*complete"));
        }
    }

    @Test
    void a_flood_of_refusals_is_logged_at_a_limited_rate_and_counted() throws IOException {
        Files.write(root.resolve("file"), pattern(1_000));
        int flood = 5_000;
        Daemon daemon = Daemon.serving(root);
        try (daemon;
                RawSocketPeer client = new RawSocketPeer()) {
            daemon.fetch("file"); // validates the address: for other peers fewer requests are refused, the rest dropped
            for (int i = 0; i < flood; i++) {
                client.ask(daemon.address(), rrq("nothing"));
                client.expectError(1);
            }
            client.talkTo(null);
        }
        String printed = daemon.printed(); // the last summary is logged at the end
        long lines = printed.lines().filter(line -> line.contains("refused: ")).count();
        long heldBack = printed.lines()
                .filter(line -> line.contains(" more like it: "))
                .mapToLong(line -> Long.parseLong(line.replaceAll(".* (\\d+) more like it: .*", "$1")))
                .sum();
        long summaries =
                printed.lines().filter(line -> line.contains(" more like it: ")).count();
        assertThat(lines - summaries + heldBack).isEqualTo(flood);
        assertThat(heldBack).isPositive();
    }

    @Test
    void no_error_shows_the_path_of_the_files_to_a_client() throws IOException {
        Path outside = Files.createDirectory(root.resolve("outside"));
        Path served = Files.createDirectory(root.resolve("served"));
        Files.writeString(outside.resolve("secret"), "secret");
        Files.createSymbolicLink(served.resolve("link"), outside.resolve("secret"));
        Files.createSymbolicLink(served.resolve("loop"), served.resolve("loop"));
        Files.createDirectory(served.resolve("folder"));
        Files.writeString(served.resolve("there"), "old");
        List<byte[]> requests = List.of(
                rrq("nothing"),
                rrq("link"),
                rrq("loop"),
                rrq("folder"),
                rrq("folder/../../outside/secret"),
                rrq("there/below"),
                rrq("x".repeat(300)),
                rrq(outside.resolve("secret").toString()),
                wrq("there"),
                wrq("missing/file"),
                wrq("folder"),
                wrq("link"),
                wrq("new", "tsize", "99999999999999"),
                bytes(0, 1, "there", 0, "nonsense", 0));
        try (Daemon daemon = Daemon.serving(served, "--writable", "--max-size", "1K");
                RawSocketPeer client = new RawSocketPeer()) {
            for (byte[] request : requests) {
                client.ask(daemon.address(), request);
                Datagram answer = client.next();
                assertThat(answer.opcode()).as(answer.toString()).isEqualTo(Datagram.ERROR);
                assertThat(new String(answer.bytes(), StandardCharsets.UTF_8))
                        .doesNotContain(root.toString(), "Exception");
            }
            client.talkTo(null);
        }
    }

    @Test
    void an_invalid_rate_is_wrong_usage() throws IOException {
        String launcher = Repository.ROOT.resolve("server/bin/tftpd").toString();
        try (Run run = Run.start(root, Map.of(), List.of(launcher, "--log-rate", "-1", "127.0.0.1", "0"))) {
            Run.Result result = run.await();
            assertThat(result.exit()).isEqualTo(2);
            assertThat(result.stderr()).startsWith("tftpd: --log-rate: -1 (expected: >= 0)");
        }
        Run.Result json =
                Run.run(Repository.ROOT.resolve("server/bin/tftpd").toString(), "--json-log", "--log-rate", "-1", "0");
        assertThat(json.exit()).as(json.toString()).isEqualTo(2);
        assertIsOneObject(json.stderr());
        assertThat(json.stderr()).contains("\"level\":\"ERROR\"", "--log-rate: -1 (expected: >= 0)");
    }
}
