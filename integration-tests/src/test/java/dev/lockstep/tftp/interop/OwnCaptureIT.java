package dev.lockstep.tftp.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.ClientProcess;
import dev.lockstep.tftp.harness.Daemon;
import dev.lockstep.tftp.harness.FakeServer;
import dev.lockstep.tftp.harness.Run;
import dev.lockstep.tftp.harness.SharedDaemon;
import dev.lockstep.tftp.harness.Tool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Captures that {@code --pcap} writes, as tshark reads them. */
@Timeout(180)
class OwnCaptureIT {
    private static final int SIZE = 3000;
    /** The opcodes, with the block number of DATA and ACK. */
    private static final List<String> GET =
            List.of("1", "6", "4 0", "3 1", "3 2", "3 3", "4 3"); // blksize 1428: 1428 + 1428 + 144

    @RegisterExtension
    private static final SharedDaemon DAEMON =
            SharedDaemon.servingEverywhere().files(root -> Content.write(root.resolve("file"), SIZE));

    @TempDir
    private Path folder;

    private void tftp(int exit, String... arguments) {
        try (Run run = ClientProcess.tftp(folder, arguments)) {
            Run.Result result = run.await();
            assertThat(result.exit()).as(result.toString()).isEqualTo(exit);
        }
    }

    /** Returns the opcodes and block numbers of all frames without retransmissions. */
    private static List<String> frames(Path capture, int port) {
        return allFrames(capture, port).stream().distinct().toList();
    }

    /** Returns the opcodes and block numbers, and asserts that no frame is malformed or has a remark of tshark. */
    private static List<String> allFrames(Path capture, int port) {
        List<String> command = List.of(
                Tool.named("tshark"),
                "-n",
                "-r",
                "" + capture,
                "-d",
                "udp.port==" + port + ",tftp",
                "-T",
                "fields",
                "-e",
                "tftp.opcode",
                "-e",
                "tftp.block",
                "-e",
                "_ws.malformed",
                "-e",
                "_ws.expert.message");
        try (Run run = Run.start(capture.getParent(), Map.of("LC_ALL", "C"), command)) {
            Run.Result result = run.await();
            assertThat(result.exit()).as(result.toString()).isZero();
            assertThat(result.stderr().lines().filter(line -> !line.startsWith("Running as user \"root\"")))
                    .isEmpty();
            return result.output().lines().map(OwnCaptureIT::frame).toList();
        }
    }

    private static String frame(String line) {
        String[] fields = line.split("\t", -1);
        assertThat(fields[2]).as(line).isEmpty();
        boolean portLooksLikeTraceroute = fields[3].startsWith("Possible traceroute");
        assertThat(portLooksLikeTraceroute ? "" : fields[3]).as(line).isIn("", "TFTP ERROR packet");
        return (fields[0] + " " + fields[1]).strip();
    }

    @Test
    void a_client_captures_a_transfer_from_the_request_to_the_last_ack() {
        int port = DAEMON.port();
        tftp(0, "get", "tftp://127.0.0.1:" + port + "/file", "--pcap", "get.pcap");
        assertThat(frames(folder.resolve("get.pcap"), port)).isEqualTo(GET);
    }

    @Test
    void a_daemon_captures_requests_transfers_and_refusals_of_both_families() {
        Path capture = folder.resolve("daemon.pcap");
        int port;
        try (Daemon daemon = Daemon.serving(DAEMON.root(), "--pcap", capture.toString())) {
            port = daemon.address().getPort();
            tftp(0, "get", "tftp://127.0.0.1:" + port + "/file", "-o", "four");
            tftp(1, "get", "tftp://127.0.0.1:" + port + "/nothing", "-o", "none");
        }
        List<String> frames = frames(capture, port);
        // the last ACK and the next request are read on two event loops: either may come first
        assertThat(frames).containsOnlyOnce("5");
        assertThat(frames.stream().filter(frame -> !frame.equals("5"))).containsExactlyElementsOf(GET);
    }

    @Test
    void a_load_run_captures_each_of_its_transfers() {
        int port = DAEMON.port();
        String uri = "tftp://127.0.0.1:" + port + "/file";
        tftp(0, "load", uri, "--transfers", "3", "--concurrency", "1", "--pcap", "load.pcap");
        List<String> frames = allFrames(folder.resolve("load.pcap"), port);
        assertThat(frames.stream().distinct()).containsExactlyElementsOf(GET);
        assertThat(frames).filteredOn(GET.get(GET.size() - 1)::equals).hasSizeGreaterThanOrEqualTo(3);
    }

    @Test
    void ipv6_is_captured() {
        int port = DAEMON.port();
        tftp(0, "get", "tftp://[::1]:" + port + "/file", "--pcap", "six.pcap");
        assertThat(frames(folder.resolve("six.pcap"), port)).isEqualTo(GET);
    }

    @Test
    void a_terminated_client_leaves_a_complete_capture() {
        try (FakeServer silent = new FakeServer();
                Run run = ClientProcess.tftp(folder, "get", silent.url("file"), "--pcap", "ended.pcap")) {
            silent.awaitRequest();
            run.terminate();
            run.await(Duration.ofSeconds(60));
            assertThat(frames(folder.resolve("ended.pcap"), silent.port())).startsWith("1");
        }
    }

    @Test
    void a_capture_that_cannot_be_written_is_wrong_usage() {
        for (String command : List.of("get", "load")) {
            tftp(2, command, "tftp://127.0.0.1:1/file", "--pcap", "no/such/folder/x.pcap");
        }
        assertThat(folder.resolve("file")).doesNotExist();
    }
}
