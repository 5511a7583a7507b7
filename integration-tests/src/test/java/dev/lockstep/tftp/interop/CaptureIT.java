package dev.lockstep.tftp.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Await;
import dev.lockstep.tftp.harness.Run;
import dev.lockstep.tftp.harness.Tool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The dissection by Wireshark of a transfer between the client and the daemon. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class CaptureIT {

    private static final int SIZE = 100_000;

    @TempDir
    static Path root;

    @TempDir
    static Path local;

    private static Server server;

    /** A captured frame with the fields that tshark prints. */
    record Frame(String protocols, String opcode, String source, String destination, String malformed, String expert) {

        static Frame parse(String line) {
            String[] fields = line.split("\t", -1); // -1 keeps empty fields at the end
            return new Frame(fields[0], fields[1], fields[2], fields[3], fields[4], fields[5]);
        }
    }

    @BeforeEach
    void programs() {
        Tool.needed(Tool.ROOT, "dumpcap", "tshark"); // not every system allows captures without root
    }

    @BeforeAll
    static void start() {
        server = ServerKind.underTest().start(root);
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @ParameterizedTest(name = "{0} at blksize {1} × windowsize {2}")
    @CsvSource({"get, 0, 0", "get, 1428, 1", "get, 1428, 8", "put, 0, 0", "put, 1428, 1", "put, 1428, 8"})
    void tshark_finds_nothing_malformed(String operation, int blksize, int windowsize) {
        String name = operation + "-" + blksize + "-" + windowsize;
        Path here = Content.write(local.resolve(name), SIZE);
        Content.write(root.resolve(name), SIZE);
        Job job = Job.of(name, here).blksize(blksize).windowsize(windowsize);
        ClientKind client = ClientKind.underTest();

        Path capture = capture(
                name, operation.equals("get") ? client.getCommand(server, job) : client.putCommand(server, job));

        List<Frame> frames = frames(capture);
        assertThat(frames).allSatisfy(frame -> {
            assertThat(frame.protocols()).contains(":udp:tftp").doesNotContain("malformed");
            assertThat(frame.malformed()).isEmpty();
            // tshark takes every datagram of the ports from 33434 for one of traceroute
            assertThat(frame.expert()).matches("(Possible traceroute: hop #\\d+, attempt #\\d+)?");
        });
        assertThat(frames.get(0).opcode()).isEqualTo(operation.equals("get") ? "1" : "2");
        assertThat(frames).map(Frame::opcode).contains("3", "4").doesNotContain("5");
        // DATA is not counted: the kernel shows a segmented burst on lo as one frame
        int bytesPerAck = blksize == 0 ? SIZE : blksize * windowsize;
        assertThat(frames)
                .filteredOn(frame -> frame.opcode().equals("4"))
                .hasSizeGreaterThanOrEqualTo(SIZE / bytesPerAck);
    }

    /** Captures the frames on lo while the command runs. */
    private static Path capture(String name, List<String> command) {
        Path file = local.resolve(name + ".pcapng");
        List<String> dumpcap =
                List.of(Tool.named("dumpcap"), "-q", "-i", "lo", "-f", "udp", "-s", "0", "-B", "16", "-w", "" + file);
        try (Run capturing = Peers.start(local, Map.of(), dumpcap)) {
            capturing.awaitLine("^File: ");
            Peers.run(local, command).assertExit(0);
            awaitWritten(file);
            capturing.terminate();
            capturing.await(Peers.LIMIT);
        }
        return file;
    }

    /** Waits until the capture has a marker datagram sent for this: dumpcap loses buffered frames when it is ended. */
    private static void awaitWritten(Path capture) {
        String mark = "mark " + UUID.randomUUID();
        byte[] bytes = mark.getBytes(StandardCharsets.US_ASCII);
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            socket.send(new DatagramPacket(bytes, bytes.length, socket.getLocalSocketAddress()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Await.until("the mark in " + capture, () -> contains(capture, mark));
    }

    private static boolean contains(Path file, String mark) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1).contains(mark);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Selects the frames of the client's port, which its request gives, from all the traffic on lo. Tshark follows the
     * transfer from the port of the request to the new one of the server.
     */
    private static List<Frame> frames(Path capture) {
        String clientPort =
                tshark(capture, "udp.dstport==" + server.port()).get(0).source();
        return tshark(capture, "udp.port==" + clientPort);
    }

    private static List<Frame> tshark(Path capture, String filter) {
        List<String> command = List.of(
                Tool.named("tshark"),
                "-n",
                "-r",
                "" + capture,
                "-d",
                "udp.port==" + server.port() + ",tftp",
                "-Y",
                filter,
                "-T",
                "fields",
                "-e",
                "frame.protocols",
                "-e",
                "tftp.opcode",
                "-e",
                "udp.srcport",
                "-e",
                "udp.dstport",
                "-e",
                "_ws.malformed",
                "-e",
                "_ws.expert.message");
        Run.Result outcome = Peers.run(local, command);
        outcome.assertExit(0);
        return outcome.printed()
                .lines()
                .filter(line -> !line.startsWith("Running as user")) // a warning when run by root
                .map(Frame::parse)
                .toList();
    }
}
