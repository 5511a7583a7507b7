package dev.lockstep.tftp.client;

import static dev.lockstep.tftp.harness.Bytes.ack;
import static dev.lockstep.tftp.harness.Bytes.data;
import static dev.lockstep.tftp.harness.Bytes.error;
import static dev.lockstep.tftp.harness.Bytes.pattern;
import static dev.lockstep.tftp.harness.ClientProcess.tftp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.lockstep.tftp.harness.Daemon;
import dev.lockstep.tftp.harness.Datagram;
import dev.lockstep.tftp.harness.FakeServer;
import dev.lockstep.tftp.harness.RawSocketPeer;
import dev.lockstep.tftp.harness.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several files in one run of the client. */
@Timeout(180)
class ManyFilesIT {
    @TempDir
    private Path folder;

    @Test
    void a_server_that_refused_options_gets_the_next_request_without_them() {
        try (FakeServer server = new FakeServer();
                Run client = tftp(folder, "get", "--parallel", "1", server.url("one"), server.url("two"))) {
            Datagram first = server.awaitRequest();
            assertThat(first.options()).isNotEmpty();
            server.answerer(first).send(error(8, "no options"));
            for (String name : List.of("one", "two")) {
                Datagram request = server.awaitRequest();
                assertThat(request.strings()).containsExactly(name, "octet");
                RawSocketPeer tid = server.answerer(request);
                tid.send(data(1, pattern(10)));
                tid.expect(ack(1));
            }
            assertThat(client.await().exit()).isZero();
        }
    }

    @Test
    void as_many_transfers_run_at_once_as_configured() {
        try (FakeServer server = new FakeServer();
                Run client =
                        tftp(folder, "get", "--parallel", "2", server.url("a"), server.url("b"), server.url("c"))) {
            Datagram one = server.awaitRequest();
            Datagram two = server.awaitRequest();
            assertThat(List.of(one.strings().get(0), two.strings().get(0))).containsExactlyInAnyOrder("a", "b");
            server.answerer(one).send(error(1, "none"));
            Datagram next = server.awaitRequest();
            while (next.from().equals(two.from())) { // the client retransmits requests without a reply
                next = server.awaitRequest();
            }
            assertThat(next.strings().get(0)).isEqualTo("c");
            server.answerer(two).send(error(1, "none"));
            server.answerer(next).send(error(1, "none"));
            assertThat(client.await().exit()).isEqualTo(1);
        }
    }

    @Test
    void an_interrupt_while_files_wait_leaves_no_temporary_file_and_no_stack_trace() throws IOException {
        assumeFalse(isInterruptIgnored(), "SIGINT is ignored, as in background jobs of a shell without job control");
        try (FakeServer server = new FakeServer();
                Run client = tftp(
                        folder,
                        "get",
                        "--parallel",
                        "2",
                        server.url("a"),
                        server.url("b"),
                        server.url("c"),
                        server.url("d"),
                        server.url("e"))) {
            server.awaitRequest();
            server.awaitRequest();
            Run.run("sh", "-c", "kill -INT " + client.pid()); // a shell has it built in
            Run.Result result = client.await();
            assertThat(result.exit()).as(result.toString()).isEqualTo(130);
            assertThat(result.stderr().lines()).isNotEmpty().allMatch(line -> line.endsWith(": interrupted"));
            assertThat(folder.toFile().list()).isEmpty();
        }
    }

    /** Returns whether this process ignores SIGINT. The programs that it starts ignore it, too. */
    private static boolean isInterruptIgnored() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            long ignored = lines.filter(line -> line.startsWith("SigIgn:"))
                    .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).trim(), 16))
                    .sum();
            return (ignored & 1 << 1) != 0; // the bit of signal n is n - 1
        }
    }

    @Test
    void a_hundred_small_files_are_complete_although_one_is_missing() throws IOException {
        Path root = Files.createDirectory(folder.resolve("root"));
        Path target = Files.createDirectory(folder.resolve("target"));
        try (Daemon daemon = Daemon.serving(root)) {
            List<String> arguments = new ArrayList<>(List.of("get", "-o", "target"));
            for (int n = 0; n < 100; n++) {
                Files.write(root.resolve("f" + n), pattern(n * 100));
                arguments.add("tftp://127.0.0.1:" + daemon.port() + "/f" + n);
            }
            arguments.add(50, "tftp://127.0.0.1:" + daemon.port() + "/missing");
            try (Run client = tftp(folder, arguments.toArray(String[]::new))) {
                Run.Result result = client.await();
                assertThat(result.exit()).isEqualTo(1);
                assertThat(result.stderr())
                        .endsWith("/missing: server: file not found (error 1)\n")
                        .hasLineCount(1);
                assertThat(result.output()).hasLineCount(100);
            }
        }
        for (int n = 0; n < 100; n++) {
            assertThat(target.resolve("f" + n)).hasBinaryContent(pattern(n * 100));
        }
    }
}
