package dev.lockstep.tftp.wire;

import static dev.lockstep.tftp.harness.Bytes.ack;
import static dev.lockstep.tftp.harness.Bytes.block;
import static dev.lockstep.tftp.harness.Bytes.bytes;
import static dev.lockstep.tftp.harness.Bytes.data;
import static dev.lockstep.tftp.harness.Bytes.error;
import static dev.lockstep.tftp.harness.Bytes.pattern;
import static dev.lockstep.tftp.harness.Bytes.rrq;
import static dev.lockstep.tftp.harness.Bytes.wrq;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Daemon;
import dev.lockstep.tftp.harness.Datagram;
import dev.lockstep.tftp.harness.RawSocketPeer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests the end of transfers at a daemon with an idle timeout of two seconds: its packets and its log lines. */
@Timeout(60)
class TransferEndIT {
    private static final byte[] TARGET = pattern(2240);

    @TempDir
    private static Path root;

    private static Daemon daemon;
    private static Daemon longTimeout;

    private final RawSocketPeer client = new RawSocketPeer();
    private String name;

    @BeforeAll
    static void serve() {
        daemon = Daemon.serving(root, "--give-up", "2", "--writable", "--overwrite");
        longTimeout = Daemon.serving(root, "--give-up", "120");
    }

    @AfterAll
    static void stop() {
        try {
            daemon.close();
        } finally {
            longTimeout.close();
        }
    }

    @BeforeEach
    void file(TestInfo test) throws IOException {
        name = test.getTestMethod().orElseThrow().getName();
        Files.write(root.resolve(name), TARGET);
    }

    @AfterEach
    void close() {
        client.close();
    }

    private void awaitItsLine(Daemon which) {
        which.awaitLine("a line about " + name, line -> line.contains(name));
    }

    @Test
    void each_transfer_logs_one_line_when_it_ends() {
        client.ask(daemon.address(), rrq(name, "blksize", "1024", "timeout", "255"));
        client.expectOack();
        client.send(ack(0));
        client.download(1024, 1);
        awaitItsLine(daemon);
        client.expectSilence();
        assertThat(daemon.linesAbout(name)).hasSize(1);
        assertThat(daemon.linesAbout(name).get(0))
                .contains("2240")
                .contains("1024")
                .contains("127.0.0.1");
    }

    @Test
    void a_stop_in_the_middle_of_transfers_logs_no_error() throws IOException {
        Files.write(root.resolve("in the middle"), pattern(1 << 20));
        try (Daemon stopped = Daemon.serving(root, "--writable");
                RawSocketPeer reader = new RawSocketPeer();
                RawSocketPeer writer = new RawSocketPeer()) {
            reader.ask(stopped.address(), rrq("in the middle", "timeout", "255"));
            reader.expectOack();
            reader.send(ack(0));
            reader.next();
            writer.ask(stopped.address(), wrq("half written", "timeout", "255"));
            writer.expectOack();
            writer.send(data(1, pattern(512)));
            writer.expect(ack(1));
        } // closed in this order: first the peers, then the daemon
        try (Stream<Path> files = Files.walk(root)) {
            assertThat(files).noneMatch(file -> file.toString().contains("half written"));
        }
    }

    @Test
    void a_stop_lets_running_transfers_finish_and_starts_no_new_ones() throws IOException {
        byte[] content = pattern(100_000);
        Files.write(root.resolve("draining"), content);
        try (Daemon stopped = Daemon.serving(root, "--drain", "60");
                RawSocketPeer reader = new RawSocketPeer();
                RawSocketPeer late = new RawSocketPeer()) {
            reader.ask(stopped.address(), rrq("draining", "timeout", "255"));
            reader.expectOack();
            stopped.interrupt();
            stopped.awaitLine("the farewell", line -> line.equals("Interrupt, quitting..."));
            late.ask(stopped.address(), rrq("draining"));
            late.pollUntilRest()
                    .ifPresent(answer ->
                            assertThat(answer.opcode()).as(answer.toString()).isEqualTo(Datagram.ERROR));
            reader.send(ack(0));
            assertThat(reader.download(512, 1)).isEqualTo(content);
            reader.talkTo(null);
            late.talkTo(null);
        }
    }

    @Test
    void a_stop_ends_the_transfers_of_clients_that_are_gone() throws IOException {
        Files.write(root.resolve("abandoned"), pattern(1 << 20));
        try (Daemon stopped = Daemon.serving(root, "--drain", "2")) {
            for (int i = 0; i < 20; i++) {
                try (RawSocketPeer gone = new RawSocketPeer()) {
                    gone.ask(stopped.address(), rrq("abandoned", "utimeout", "100000"));
                    gone.expectOack();
                    gone.send(ack(0));
                    gone.next();
                    gone.vanish();
                }
            }
        }
    }

    @Test
    @Tag("case-14")
    @Tag("case-F9")
    void case14_f09_a_last_ack_that_never_arrives_logs_no_warning() {
        client.ask(daemon.address(), rrq(name, "utimeout", "100000"));
        client.expectOack();
        client.send(ack(0));
        for (int n = 1; n <= 4; n++) {
            Datagram block = client.next();
            while (block.number() != n) {
                block = client.next();
            }
            client.send(ack(n));
        }
        readUntilEnd();
        daemon.assertNoAlarm(name);
    }

    /** Reads all packets until the daemon logs the end of the transfer: its idle timeout has expired. */
    private void readUntilEnd() {
        while (daemon.linesAbout(name).isEmpty()) {
            client.poll(Duration.ofMillis(20));
            assertThat(daemon.isAlive()).isTrue();
        }
        while (client.pollUntilRest().isPresent()) {
            assertThat(daemon.isAlive()).isTrue();
        }
    }

    @Test
    @Tag("case-18")
    @Tag("case-F1")
    void case18_f01_error_8_to_an_oack_logs_no_warning() {
        client.ask(longTimeout.address(), rrq(name, "tsize", "0", "blksize", "1468", "windowsize", "4"));
        client.expectOack();
        client.send(error(8, "User aborted the transfer"));
        awaitItsLine(longTimeout);
        client.expectSilence();
        longTimeout.assertNoAlarm(name);
    }

    @Test
    @Tag("case-F4")
    void f04_error_0_in_the_middle_logs_no_warning() {
        client.ask(longTimeout.address(), rrq(name, "blksize", "1024", "tsize", "0"));
        client.expectOack();
        client.send(ack(0));
        client.expect(data(1, block(TARGET, 1, 1024)));
        client.send(error(0, "closed"));
        awaitItsLine(longTimeout);
        client.expectSilence();
        longTimeout.assertNoAlarm(name);
    }

    @Test
    @Tag("case-F3")
    void f03_a_client_that_never_acknowledges_the_empty_block_logs_no_warning() throws IOException {
        Files.write(root.resolve(name), new byte[0]);
        client.ask(daemon.address(), rrq(name, "blksize", "1432", "tsize", "0", "utimeout", "200000"));
        client.expectOack();
        client.send(ack(0));
        client.expectAfterOack(bytes(0, 3, 0, 1));
        client.send(ack(0));
        readUntilEnd();
        daemon.assertNoAlarm(name);
    }

    @Test
    @Tag("case-65")
    void case65_silence_after_the_oack_logs_no_warning() {
        client.ask(daemon.address(), rrq(name, "tsize", "0", "utimeout", "200000"));
        client.expectOack();
        readUntilEnd();
        daemon.assertNoAlarm(name);
    }

    @Test
    @Tag("case-49")
    void case49_a_silent_client_gets_error_0_when_the_idle_timeout_expires() {
        client.ask(daemon.address(), rrq(name, "utimeout", "100000"));
        client.expectOack();
        client.send(ack(0));
        int copies = 1;
        client.expectAfterOack(data(1, block(TARGET, 1, 512)));
        Datagram came = client.next();
        while (came.opcode() == Datagram.DATA) {
            copies++;
            came = client.next();
        }
        assertThat(came.opcode()).as(came.toString()).isEqualTo(Datagram.ERROR);
        assertThat(came.number()).isZero();
        assertThat(copies).isBetween(2, 25);
        client.expectSilence();
        assertThat(daemon.fetch(name)).isEqualTo(TARGET);
    }

    @Test
    @Tag("case-36")
    void case36_an_upload_that_dies_midway_leaves_the_old_file_and_nothing_else() throws IOException {
        client.ask(daemon.address(), wrq(name, "utimeout", "100000"));
        client.expectOack();
        client.send(data(1, bytes("x".repeat(512))));
        readUntilEnd();
        assertThat(root.resolve(name)).hasBinaryContent(TARGET);
        try (Stream<Path> files = Files.walk(root)) {
            assertThat(files.filter(file -> file.toString().contains(name))).hasSize(1);
        }
    }

    @Test
    @Tag("case-50")
    void case50_a_client_that_is_gone_ends_its_transfer_at_once() {
        client.ask(longTimeout.address(), rrq(name, "utimeout", "50000"));
        client.expectOack();
        client.send(ack(0));
        client.expectAfterOack(data(1, block(TARGET, 1, 512)));
        client.vanish();
        awaitItsLine(longTimeout); // long before the idle timeout of two minutes
        assertThat(longTimeout.fetch(name)).isEqualTo(TARGET);
    }
}
