package dev.lockstep.tftp.conform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Bytes;
import dev.lockstep.tftp.harness.Datagram;
import dev.lockstep.tftp.harness.FakeServer;
import dev.lockstep.tftp.harness.InProcess;
import dev.lockstep.tftp.harness.Run;
import dev.lockstep.tftp.harness.SharedDaemon;
import dev.lockstep.tftp.harness.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;

/** The command {@code tftp conform}: results, reports, exit status. */
@Timeout(180)
class ConformIT {
    @RegisterExtension
    private static final SharedDaemon DAEMON =
            SharedDaemon.serving().files(root -> Files.write(root.resolve("known"), Bytes.pattern(20_000)));

    @TempDir
    private Path folder;

    private static Run.Result conform(String... arguments) {
        String[] all = new String[arguments.length + 1];
        all[0] = "conform";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        try (Run run = InProcess.tftp(all)) {
            return run.await();
        }
    }

    @Test
    void a_check_without_its_precondition_is_skipped_with_the_reason() {
        Run.Result result = conform("127.0.0.1:" + DAEMON.port(), "--file", "known", "05", "f01", "11", "13", "64");

        result.assertExit(0);
        assertThat(result.output().lines().map(String::strip))
                .containsSubsequence(
                        "ok      5    MUST      A repeated ACK sends nothing (Sorcerer's Apprentice)",
                        "skipped 11   MUST      Empty file: one empty block, size 0",
                        "no file to read (expected: --upload-dir, --file, or a server that accepts uploads)",
                        "skipped 13   SHOULD    The last ACK is lost: the receiver dallies and repeats it",
                        "the server accepts no uploads: ERROR 2 uploads are not accepted",
                        "ok      64   SHOULD    The answer comes from a port of its own",
                        "3 passed, 0 failed, 3 skipped");
    }

    @Test
    void a_folder_that_is_not_that_of_the_server_is_an_error() {
        Run.Result result = conform("127.0.0.1:" + DAEMON.port(), "--upload-dir", folder.toString());

        result.assertExit(1);
        assertThat(result.stderr())
                .contains("--upload-dir: the server does not serve conform-large from that folder: ERROR 1 ");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void a_failed_check_is_in_all_reports_and_in_a_capture() throws Exception {
        Path junit = folder.resolve("junit.xml");
        Path html = folder.resolve("page.html");
        Path pcap = folder.resolve("pcap");
        Run.Result result;
        try (WrongServer server = new WrongServer()) {
            result = conform(
                    "127.0.0.1:" + server.port(),
                    "52",
                    "F6",
                    "P2",
                    "--verbose",
                    "--junit=" + junit,
                    "--html=" + html,
                    "--pcap=" + pcap);
        }

        result.assertExit(1);
        assertThat(result.output())
                .contains(
                        "FAILED  F6   MUST",
                        "expected an ERROR after RRQ conform-missing-0 octet blksize=1432 tsize=0, received DATA 1 (3 bytes)",
                        "→ 127.0.0.1:",
                        "1 passed, 2 failed (1 MUST, 1 judgement), 0 skipped");
        Element suite = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(junit.toFile())
                .getDocumentElement();
        assertThat(suite.getAttribute("failures")).isEqualTo("1");
        assertThat(suite.getAttribute("skipped")).isEqualTo("1"); // a judgement
        assertThat(suite.getElementsByTagName("failure").item(0).getTextContent())
                .contains("RRQ conform-missing-0 octet", "DATA 1 (3 bytes)");
        assertThat(html)
                .content()
                .contains("<td class=\"failed\">failed</td><td>F6</td>", "RRQ conform-missing-0 octet")
                .doesNotContain("href", "src=");
        assertThat(pcap.resolve("P2.pcap")).doesNotExist();
        assertThat(opcodes(pcap.resolve("F6.pcap"))).containsExactly("1", "3");
    }

    /** Returns the opcodes in a capture, as tshark reads them. */
    private static List<String> opcodes(Path capture) {
        List<String> command =
                List.of(Tool.named("tshark"), "-n", "-r", "" + capture, "-T", "fields", "-e", "tftp.opcode");
        String port = "udp.port==1-65535,tftp";
        try (Run run = Run.start(
                capture.getParent(),
                Map.of("LC_ALL", "C"),
                List.of("sh", "-c", String.join(" ", command) + " -d " + port))) {
            Run.Result result = run.await();
            result.assertExit(0);
            return result.output().lines().toList();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "127.0.0.1:6969 99",
                "127.0.0.1:6969 --upload-dir /no-such-folder",
                "127.0.0.1:6969 --parallel 0",
                "127.0.0.1:99999",
                "--client curl",
                "--client {port}{file}{out} --upload-dir /tmp"
            })
    void wrong_usage_is_one_line_and_status_2(String arguments) {
        Run.Result result = arguments.isEmpty() ? conform() : conform(arguments.split(" "));

        result.assertExit(2);
        assertThat(result.stderr().lines()).hasSize(1).first().asString().contains("expected: ");
    }

    @Test
    void the_list_explains_each_check_and_each_case_without_one() {
        Run.Result servers = conform("--list");
        Run.Result clients = conform("--list", "--client", "{port}{file}{out}");

        servers.assertExit(0);
        assertThat(servers.output())
                .contains("12w  MUST", "[RFC 1123 §4.2.3.1]", "(not checked: only the log of the server shows it)");
        assertThat(clients.output()).contains("67   SHOULD", "(not checked: it is the server that resolves names)");
    }

    /** A server that replies to each RRQ with the same DATA, and to everything else with an ERROR. */
    private static final class WrongServer implements AutoCloseable {
        private final FakeServer server = new FakeServer();
        private final Thread thread = new Thread(this::serve);
        private volatile boolean closed;

        WrongServer() {
            thread.start();
        }

        int port() {
            return server.port();
        }

        private void serve() {
            while (!closed) {
                Optional<Datagram> request = server.listener().poll(Duration.ofMillis(50));
                request.map(received -> received.opcode() == Datagram.RRQ
                                ? Bytes.data(1, new byte[3])
                                : Bytes.error(2, "read only"))
                        .ifPresent(
                                reply -> server.listener().sendTo(request.get().from(), reply));
            }
        }

        @Override
        public void close() {
            closed = true;
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            server.close();
        }
    }
}
