package dev.lockstep.tftp.wire;

import static dev.lockstep.tftp.harness.Bytes.ack;
import static dev.lockstep.tftp.harness.Bytes.block;
import static dev.lockstep.tftp.harness.Bytes.data;
import static dev.lockstep.tftp.harness.Bytes.error;
import static dev.lockstep.tftp.harness.Bytes.oack;
import static dev.lockstep.tftp.harness.Bytes.pattern;
import static dev.lockstep.tftp.harness.Bytes.rrq;
import static dev.lockstep.tftp.harness.Bytes.wrq;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.RawSocketPeer;
import dev.lockstep.tftp.harness.SharedDaemon;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests all transfers on the listening port: they are distinguished only by the address and port of the client. */
@Timeout(60)
class SinglePortIT {
    private static final byte[] TARGET = pattern(2240);
    private static final byte[] OTHER = pattern(1000);

    @RegisterExtension
    private static final SharedDaemon DAEMON = SharedDaemon.servingEverywhere(
                    "--writable", "--overwrite", "--single-port")
            .files(SinglePortIT::writeFiles);

    private final RawSocketPeer client = new RawSocketPeer();

    private static void writeFiles(Path root) throws IOException {
        Files.write(root.resolve("target"), TARGET);
        Files.write(root.resolve("other"), OTHER);
    }

    @AfterEach
    void close() {
        client.close();
    }

    private void startDownload(RawSocketPeer peer, String name, byte[] content) {
        peer.ask(DAEMON.address(), rrq(name, "timeout", "255"));
        peer.expectOack();
        assertThat(peer.peer()).isEqualTo(DAEMON.address());
        peer.send(ack(0));
        peer.expect(data(1, block(content, 1, 512)));
    }

    @Test
    @Tag("case-63")
    void case63_clients_of_one_server_port_are_distinguished_by_their_ports() {
        List<RawSocketPeer> others = new ArrayList<>();
        startDownload(client, "target", TARGET);
        for (int i = 0; i < 16; i++) {
            RawSocketPeer other = new RawSocketPeer();
            others.add(other);
            startDownload(other, "other", OTHER);
        }
        client.send(ack(1));
        client.expect(data(2, block(TARGET, 2, 512)));
        for (RawSocketPeer other : others) {
            other.send(ack(1));
            other.expect(data(2, block(OTHER, 2, 512)));
            other.send(ack(2));
            other.talkTo(null).close();
        }
        client.send(ack(2));
        client.expect(data(3, block(TARGET, 3, 512)));
    }

    @Test
    @Tag("case-63")
    void case63_a_new_request_from_the_port_replaces_its_transfer() {
        startDownload(client, "target", TARGET);
        client.send(ack(1));
        client.expect(data(2, block(TARGET, 2, 512)));
        startDownload(client, "other", OTHER);
        client.send(ack(1));
        client.expect(data(2, block(OTHER, 2, 512)));
        client.send(ack(2));
        client.expectSilence();
        client.talkTo(null);
    }

    @Test
    @Tag("case-13")
    @Tag("case-63")
    void case63_case13_an_upload_that_ended_is_acknowledged_again() throws IOException {
        client.ask(DAEMON.address(), wrq("upload", "timeout", "10"));
        client.expectOack();
        client.upload(OTHER, 512, 1);
        DAEMON.awaitLine("the end of the upload", line -> line.contains("write upload 1000 bytes"));
        client.send(data(2, block(OTHER, 2, 512)));
        client.expect(ack(2));
        assertThat(client.peer()).isEqualTo(DAEMON.address());
        assertThat(DAEMON.root().resolve("upload")).hasBinaryContent(OTHER);
        client.talkTo(null);
    }

    @Test
    @Tag("case-60")
    @Tag("case-63")
    void case63_case60_late_packets_of_a_finished_transfer_are_not_answered() {
        startDownload(client, "other", OTHER);
        client.send(ack(1));
        client.expect(data(2, block(OTHER, 2, 512)));
        client.send(ack(2));
        client.send(ack(2));
        client.send(error(0, "late"));
        client.expectSilence();
        client.send(ack(1));
        client.expectSilence();
        client.talkTo(null);
    }

    @Test
    @Tag("case-3")
    @Tag("case-63")
    void case63_case03_an_unknown_peer_gets_error_5_and_no_transfer_is_affected() {
        startDownload(client, "target", TARGET);
        try (RawSocketPeer other = new RawSocketPeer()) {
            long begin = System.nanoTime();
            for (int i = 0; i < 50; i++) {
                other.sendTo(DAEMON.address(), ack(1));
            }
            other.expectError(5);
            int answers = 1;
            while (other.pollUntilRest().isPresent()) {
                answers++;
            }
            long tenths = (System.nanoTime() - begin) / TimeUnit.MILLISECONDS.toNanos(100);
            assertThat(answers)
                    .as("errors, of which one may be sent each 100 ms")
                    .isLessThanOrEqualTo(1 + (int) tenths);
            other.talkTo(null);
        }
        try (RawSocketPeer other = new RawSocketPeer()) {
            other.sendTo(DAEMON.address(), error(5, "unknown transfer ID"));
            other.expectSilence();
        }
        client.expectSilence();
        client.send(ack(1));
        client.expect(data(2, block(TARGET, 2, 512)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.2", "127.0.0.3"})
    @Tag("case-62")
    @Tag("case-63")
    void case62_case63_the_answer_comes_from_the_address_and_port_that_were_asked(String address) {
        client.ask(DAEMON.at(address), rrq("target", "timeout", "255"));
        client.expectOack();
        assertThat(client.peer()).isEqualTo(DAEMON.at(address));
        client.send(ack(0));
        client.expect(data(1, block(TARGET, 1, 512)));
        client.send(ack(1));
        client.expect(data(2, block(TARGET, 2, 512)));
        client.ask(DAEMON.at(address), rrq("missing"));
        assertThat(client.expectError(1).from()).isEqualTo(DAEMON.at(address));
        client.talkTo(null);
    }

    @Test
    void large_blocks_in_windows_cross_in_both_directions() throws IOException {
        byte[] large = pattern(3_000_000);
        Files.write(DAEMON.root().resolve("large"), large);
        client.ask(DAEMON.address(), rrq("large", "blksize", "1428", "windowsize", "16", "timeout", "255"));
        client.expect(oack("blksize", "1428", "windowsize", "16", "timeout", "255"));
        client.send(ack(0));
        assertThat(client.download(1428, 16)).isEqualTo(large);
        client.ask(DAEMON.address(), wrq("large-up", "blksize", "8192", "windowsize", "4", "timeout", "255"));
        client.expect(oack("blksize", "8192", "windowsize", "4", "timeout", "255"));
        client.upload(large, 8192, 4);
        assertThat(DAEMON.root().resolve("large-up")).hasBinaryContent(large);
        client.talkTo(null);
    }
}
