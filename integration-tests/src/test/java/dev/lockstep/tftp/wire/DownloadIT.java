package dev.lockstep.tftp.wire;

import static dev.lockstep.tftp.harness.Bytes.ack;
import static dev.lockstep.tftp.harness.Bytes.block;
import static dev.lockstep.tftp.harness.Bytes.bytes;
import static dev.lockstep.tftp.harness.Bytes.data;
import static dev.lockstep.tftp.harness.Bytes.error;
import static dev.lockstep.tftp.harness.Bytes.oack;
import static dev.lockstep.tftp.harness.Bytes.pattern;
import static dev.lockstep.tftp.harness.Bytes.rrq;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Datagram;
import dev.lockstep.tftp.harness.RawSocketPeer;
import dev.lockstep.tftp.harness.SharedDaemon;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests downloads from the daemon: order, loss, windows, and the roll-over of block numbers. */
@Timeout(120)
class DownloadIT {
    /** Four full blocks and 192 bytes. */
    private static final byte[] TARGET = pattern(4 * 512 + 192);

    /** A size past the roll-over with blocks of 8 bytes. */
    private static final byte[] LONG = pattern(65_600 * 8 + 3);

    /** A window size in blocks, far below any limit of the socket buffers. */
    private static final byte[] MEDIUM = pattern(40 * 512 + 100);

    @RegisterExtension
    private static final SharedDaemon DAEMON = SharedDaemon.serving().files(DownloadIT::writeFiles);

    private final RawSocketPeer client = new RawSocketPeer();

    private static void writeFiles(Path root) throws IOException {
        Files.write(root.resolve("target"), TARGET);
        Files.write(root.resolve("other"), pattern(1000));
        Files.write(root.resolve("long"), LONG);
        Files.write(root.resolve("medium"), MEDIUM);
        Files.write(root.resolve("empty"), new byte[0]);
        for (int size : new int[] {1, 511, 512, 513, 1024, 1536}) {
            Files.write(root.resolve("size" + size), pattern(size));
        }
    }

    @AfterEach
    void close() {
        client.close();
    }

    /** Sends a request with a timeout so long that it rules out retransmissions, and acknowledges the OACK. */
    private void open(String name, String... options) {
        client.ask(DAEMON.address(), withLongTimeout(name, options));
        client.expectOack();
        client.send(ack(0));
    }

    private static byte[] withLongTimeout(String name, String... options) {
        return rrq(
                name,
                Stream.concat(Stream.of(options), Stream.of("timeout", "255")).toArray(String[]::new));
    }

    /** Receives a range of blocks, and checks the content of each. */
    private void expectBlocks(byte[] content, int blksize, long from, long to) {
        for (long n = from; n <= to; n++) {
            client.expect(data(n, block(content, n, blksize)));
        }
    }

    @Test
    @Tag("case-64")
    void case64_a_file_comes_block_by_block_from_a_fresh_port() {
        client.ask(DAEMON.address(), bytes(0, 1, "target", 0, "octet", 0));
        byte[] before = {};
        for (int n = 1; n <= 5; n++) {
            byte[] expected = bytes(0, 3, 0, n, block(TARGET, n, 512));
            Datagram came = client.next();
            while (Arrays.equals(came.bytes(), before)) { // on a busy machine the block may be retransmitted
                came = client.next();
            }
            assertThat(came.bytes()).as(came.toString()).isEqualTo(expected);
            client.send(bytes(0, 4, 0, n));
            before = expected;
        }
        byte[] last = before;
        client.pollUntilRest().ifPresent(came -> assertThat(came.bytes()).isEqualTo(last));
        assertThat(client.peer().getPort()).isNotEqualTo(DAEMON.port());
    }

    @Test
    @Tag("case-1")
    void case01_a_repeated_request_before_any_ack_brings_the_first_packet_again_from_the_same_port() {
        byte[] request = withLongTimeout("target");
        client.ask(DAEMON.address(), request);
        byte[] oack = client.expectOack().bytes();
        for (int copy = 0; copy < 3; copy++) {
            client.sendTo(DAEMON.address(), request);
            client.expect(oack);
        }
        client.send(ack(0));
        expectBlocks(TARGET, 512, 1, 1);
        client.expectSilence();
    }

    @Test
    @Tag("case-1")
    void case01_a_repeated_request_without_options_brings_data_1_again_from_the_same_port() {
        byte[] request = rrq("target");
        client.ask(DAEMON.address(), request);
        client.expect(data(1, block(TARGET, 1, 512)));
        client.sendTo(DAEMON.address(), request);
        client.expect(data(1, block(TARGET, 1, 512)));
        assertThat(client.download(512, 1))
                .as("content, received with retransmissions")
                .isEqualTo(TARGET);
    }

    @Test
    @Tag("case-1")
    void case01_five_copies_of_a_request_at_once_start_one_transfer() {
        byte[] request = withLongTimeout("target");
        client.ask(DAEMON.address(), request);
        for (int copy = 0; copy < 4; copy++) {
            client.sendTo(DAEMON.address(), request);
        }
        byte[] oack = client.expectOack().bytes();
        client.pollUntilRest().ifPresent(again -> {
            assertThat(again.from()).isEqualTo(client.peer());
            assertThat(again.bytes()).isEqualTo(oack);
        });
        client.send(ack(0));
        Datagram next = client.next();
        while (next.opcode() == Datagram.OACK) {
            next = client.next();
        }
        assertThat(next.bytes()).isEqualTo(data(1, block(TARGET, 1, 512)));
        client.expectSilence();
    }

    @Test
    @Tag("case-1")
    void case01_a_repeated_request_after_an_ack_is_ignored_while_the_transfer_lives() {
        byte[] request = withLongTimeout("target");
        open("target");
        expectBlocks(TARGET, 512, 1, 1);
        client.send(ack(1));
        expectBlocks(TARGET, 512, 2, 2);
        client.sendTo(DAEMON.address(), request);
        client.expectSilence();
        client.send(ack(2));
        expectBlocks(TARGET, 512, 3, 3);
    }

    @Test
    @Tag("case-1")
    void case01_a_request_after_the_end_of_its_transfer_is_a_new_transfer() {
        for (int time = 0; time < 2; time++) {
            client.ask(DAEMON.address(), rrq("target"));
            assertThat(client.download(512, 1)).isEqualTo(TARGET);
        }
    }

    /** Sends a request for another file and reads up to its OACK, past retransmissions of the previous transfer. */
    private void awaitOack(String file) {
        client.ask(DAEMON.address(), withLongTimeout(file));
        Datagram came = client.next();
        while (came.opcode() != Datagram.OACK || !came.options().containsKey("timeout")) {
            client.talkTo(null);
            came = client.next();
        }
        assertThat(came.options()).containsOnlyKeys("timeout");
    }

    @Test
    @Tag("case-1")
    void case01_another_name_from_the_same_port_before_any_ack_drops_the_old_transfer() {
        client.ask(DAEMON.address(), rrq("target", "utimeout", "100000"));
        client.expectOack();
        awaitOack("other");
        client.expectSilence();
        client.send(ack(0));
        expectBlocks(pattern(1000), 512, 1, 1);
        client.expectSilence();
    }

    @Test
    @Tag("case-63")
    @Tag("case-F5")
    void f05_another_request_after_progress_replaces_the_old_transfer_of_which_nothing_more_is_sent() {
        client.ask(DAEMON.address(), rrq("target", "utimeout", "100000"));
        client.expectOack();
        client.send(ack(0));
        client.expectAfterOack(data(1, block(TARGET, 1, 512)));
        awaitOack("other");
        client.expectSilence();
        client.send(ack(0));
        expectBlocks(pattern(1000), 512, 1, 1);
    }

    @Test
    @Tag("case-F5")
    void f05_the_same_request_after_a_second_without_packets_starts_a_new_transfer() {
        open("target");
        expectBlocks(TARGET, 512, 1, 1);
        client.send(ack(1));
        expectBlocks(TARGET, 512, 2, 2);
        client.expectSilence(Duration.ofMillis(1600));
        open("target");
        expectBlocks(TARGET, 512, 1, 1);
        client.expectSilence();
    }

    @Test
    @Tag("case-F5")
    void f05_the_next_file_is_asked_for_from_the_same_port_right_after_the_last_ack() {
        for (int time = 0; time < 20; time++) {
            client.ask(DAEMON.address(), withLongTimeout("size513", "tsize", "0", "blksize", "1408"));
            client.expect(oack("tsize", "513", "blksize", "1408", "timeout", "255"));
            client.send(ack(0));
            client.expect(data(1, pattern(513)));
            client.send(ack(1));
        }
    }

    @Test
    @Tag("case-5")
    void case05_a_repeated_ack_sends_nothing() {
        open("target");
        expectBlocks(TARGET, 512, 1, 1);
        client.send(ack(1));
        expectBlocks(TARGET, 512, 2, 2);
        client.send(ack(1));
        client.send(ack(1));
        client.expectSilence();
        client.send(ack(2));
        expectBlocks(TARGET, 512, 3, 3);
        client.send(ack(0));
        client.expectSilence();
    }

    @Test
    @Tag("case-5")
    void case05_each_ack_sent_twice_brings_each_block_once() {
        open("target");
        for (int n = 1; n <= 5; n++) {
            expectBlocks(TARGET, 512, n, n);
            client.send(ack(n));
            client.send(ack(n));
        }
        client.expectSilence();
    }

    @Test
    @Tag("case-F3")
    void f03_a_second_ack_0_sends_nothing() {
        open("target");
        expectBlocks(TARGET, 512, 1, 1);
        client.send(ack(0));
        client.expectSilence();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 500, 32768, 65535})
    @Tag("case-7")
    @Tag("case-P7")
    void case07_an_ack_for_a_block_not_yet_sent_is_ignored(int ahead) {
        open("target");
        expectBlocks(TARGET, 512, 1, 1);
        client.send(ack(ahead));
        client.expectSilence();
        client.send(ack(1));
        expectBlocks(TARGET, 512, 2, 2);
    }

    @Test
    @Tag("case-8")
    void case08_an_old_ack_after_the_window_moved_on_is_ignored() {
        open("medium", "windowsize", "4");
        expectBlocks(MEDIUM, 512, 1, 4);
        client.send(ack(4));
        expectBlocks(MEDIUM, 512, 5, 8);
        client.send(ack(1));
        client.send(ack(3));
        client.send(ack(0));
        client.expectSilence();
        client.send(ack(8));
        expectBlocks(MEDIUM, 512, 9, 12);
    }

    @Test
    @Tag("case-9")
    void case09_the_block_number_rolls_over_to_0_in_lock_step() {
        open("long", "blksize", "8");
        expectBlocks(LONG, 8, 1, 1);
        for (long n = 1; n <= 65_600; n++) {
            client.send(ack(n));
            client.expect(data(n + 1, block(LONG, n + 1, 8)));
        }
        client.send(ack(65_601));
        client.expectSilence();
    }

    @Test
    @Tag("case-10")
    void case10_a_gap_at_the_roll_over_inside_a_window_rewinds_to_it() {
        open("long", "blksize", "8", "windowsize", "10");
        for (long n = 0; n < 65_530; n += 10) {
            expectBlocks(LONG, 8, n + 1, n + 10);
            client.send(ack(n + 10));
        }
        expectBlocks(LONG, 8, 65_531, 65_540);
        client.send(ack(65_534));
        expectBlocks(LONG, 8, 65_535, 65_544);
        client.send(bytes(0, 4, 0, 0)); // ACK 65536
        expectBlocks(LONG, 8, 65_537, 65_546);
        client.send(bytes(0, 4, 0xFF, 0xFF)); // ACK 65535, behind the window now
        client.send(bytes(0, 4, 0, 0)); // ACK 65536 again
        client.expectSilence();
        client.send(ack(65_546));
        expectBlocks(LONG, 8, 65_547, 65_556);
    }

    @Test
    @Tag("case-11")
    void case11_an_empty_file_is_one_empty_block() {
        client.ask(DAEMON.address(), rrq("empty"));
        client.expect(bytes(0, 3, 0, 1));
        client.send(ack(1));
        client.expectSilence();
    }

    @Test
    @Tag("case-11")
    @Tag("case-F3")
    void case11_f03_the_size_of_an_empty_file_is_0() {
        client.ask(DAEMON.address(), rrq("empty", "tsize", "0", "timeout", "255"));
        client.expect(bytes(0, 6, "tsize", 0, "0", 0, "timeout", 0, "255", 0));
        client.send(ack(0));
        client.expect(bytes(0, 3, 0, 1));
        client.send(ack(1));
        client.expectSilence();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 511, 512, 513, 1024, 1536})
    @Tag("case-12")
    void case12_a_multiple_of_the_block_size_ends_with_an_empty_block(int size) {
        open("size" + size);
        int last = size / 512 + 1;
        for (int n = 1; n <= last; n++) {
            client.expect(data(n, block(pattern(size), n, 512)));
            client.send(ack(n));
        }
        client.expectSilence();
    }

    @Test
    @Tag("case-15")
    void case15_a_lost_oack_is_retransmitted_byte_for_byte() {
        client.ask(DAEMON.address(), rrq("target", "blksize", "1024", "utimeout", "50000"));
        byte[] oack = client.expectOack().bytes();
        client.expect(oack);
        client.expect(oack);
        client.send(ack(0));
        client.expectAfterOack(data(1, block(TARGET, 1, 1024)));
    }

    @Test
    @Tag("case-15")
    void case15_a_lost_block_is_retransmitted_after_a_timeout() {
        client.ask(DAEMON.address(), rrq("target", "utimeout", "50000"));
        client.expectOack();
        client.send(ack(0));
        client.expectAfterOack(data(1, block(TARGET, 1, 512)));
        client.expect(data(1, block(TARGET, 1, 512)));
        client.expect(data(1, block(TARGET, 1, 512)));
    }

    @Test
    @Tag("case-18")
    void case18_error_8_ends_at_once_and_the_same_port_may_ask_again() {
        client.ask(DAEMON.address(), rrq("target", "blksize", "1468", "timeout", "255"));
        client.expectOack();
        client.send(error(8, "I do not want that"));
        client.ask(DAEMON.address(), bytes(0, 1, "target", 0, "octet", 0));
        assertThat(client.download(512, 1)).isEqualTo(TARGET);
    }

    @Test
    @Tag("case-F1")
    void f01_size_probe_ended_by_error_8_is_not_answered() {
        client.ask(DAEMON.address(), rrq("target", "tsize", "0", "utimeout", "200000"));
        client.expectOack();
        client.send(error(8, "User aborted the transfer"));
        client.expectSilence();
        try (RawSocketPeer nextPort = new RawSocketPeer()) {
            nextPort.ask(DAEMON.address(), rrq("target", "blksize", "1468", "windowsize", "4"));
            nextPort.expect(oack("blksize", "1468", "windowsize", "4"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 500, 65535})
    @Tag("case-19")
    @Tag("case-P8")
    void case19_an_oack_answered_by_another_ack_than_0_is_retransmitted_only_after_a_timeout(int block) {
        client.ask(DAEMON.address(), rrq("target", "timeout", "1"));
        byte[] oack = client.expectOack().bytes();
        client.send(ack(block));
        client.expectSilence();
        client.expect(oack);
        client.send(ack(0));
        client.expect(data(1, block(TARGET, 1, 512)));
    }

    @ParameterizedTest
    @MethodSource("invalidDatagrams")
    @Tag("case-40")
    @Tag("case-P9")
    void case40_invalid_datagrams_do_not_affect_a_download(byte[] invalid) {
        open("target");
        expectBlocks(TARGET, 512, 1, 1);
        client.send(invalid);
        client.expectSilence(Duration.ofMillis(150));
        client.send(ack(1));
        expectBlocks(TARGET, 512, 2, 2);
    }

    static Stream<byte[]> invalidDatagrams() {
        return Stream.of(
                bytes(),
                bytes(0),
                bytes(0, 3),
                bytes(0, 3, 0),
                bytes(0, 4),
                bytes(0, 4, 0),
                bytes(0, 0, 0, 1),
                bytes(0, 7, 0, 1),
                bytes(0, 99, "what", 0),
                bytes(4, 0, 0, 1),
                bytes(255, 255, 255, 255),
                // messages of the wrong direction
                bytes(0, 3, 0, 1, "data for a sender"),
                bytes(0, 3, 0, 2),
                bytes(0, 6, "blksize", 0, "8", 0),
                bytes(0, 1, "other", 0, "octet", 0),
                bytes(0, 2, "other", 0, "octet", 0));
    }

    @Test
    @Tag("case-42")
    void case42_an_ack_in_the_middle_of_a_window_starts_a_new_window_after_it() {
        open("medium", "windowsize", "8");
        expectBlocks(MEDIUM, 512, 1, 8);
        client.send(ack(3));
        expectBlocks(MEDIUM, 512, 4, 11);
        client.send(ack(3));
        client.send(ack(3));
        client.expectSilence();
        client.send(ack(11));
        expectBlocks(MEDIUM, 512, 12, 19);
    }

    @Test
    @Tag("case-F7")
    void f07_windows_start_wherever_the_last_ack_was() {
        open("medium", "windowsize", "4");
        expectBlocks(MEDIUM, 512, 1, 4);
        client.send(ack(1)); // block 2 was lost: sent for each of the blocks 3 and 4
        client.send(ack(1));
        expectBlocks(MEDIUM, 512, 2, 5);
        client.send(ack(5));
        expectBlocks(MEDIUM, 512, 6, 9);
        client.send(ack(8));
        expectBlocks(MEDIUM, 512, 9, 12);
        client.send(ack(8));
        client.expectSilence();
        client.send(ack(12));
        expectBlocks(MEDIUM, 512, 13, 16);
    }

    @Test
    @Tag("case-F7")
    void f07_a_repeated_ack_of_a_whole_window_does_not_start_the_next_window_twice() {
        open("medium", "windowsize", "4");
        expectBlocks(MEDIUM, 512, 1, 4);
        client.send(ack(4));
        expectBlocks(MEDIUM, 512, 5, 8);
        client.send(ack(4)); // block 5 was lost: sent for each of the blocks 6, 7 and 8
        client.send(ack(4));
        client.send(ack(4));
        client.expectSilence();
    }

    @Test
    @Tag("case-45")
    void case45_a_window_larger_than_the_rest_ends_with_the_file() {
        open("target", "windowsize", "16");
        expectBlocks(TARGET, 512, 1, 5);
        client.expectSilence();
        client.send(ack(5));
        client.expectSilence();
    }

    @Test
    @Tag("case-46")
    void case46_a_window_whose_ack_is_lost_is_retransmitted_after_a_timeout() {
        client.ask(DAEMON.address(), rrq("medium", "windowsize", "4", "utimeout", "100000"));
        client.expectOack();
        client.send(ack(0));
        client.expectAfterOack(data(1, block(MEDIUM, 1, 512)));
        expectBlocks(MEDIUM, 512, 2, 4);
        client.expect(data(1, block(MEDIUM, 1, 512)));
    }

    @Test
    @Tag("case-F4")
    void f04_error_0_in_the_place_of_the_last_ack_is_not_answered() {
        open("size1");
        client.expect(data(1, pattern(1)));
        client.send(error(0, "closed"));
        client.expectSilence();
    }

    @Test
    @Tag("case-F8")
    void f08_with_an_agreed_timeout_the_server_retransmits_once_for_each_timeout() {
        client.ask(DAEMON.address(), rrq("target", "timeout", "1"));
        client.expectOack();
        client.send(ack(0));
        expectBlocks(TARGET, 512, 1, 1);
        // the client retransmits its ACK 0 at the same time as the server its DATA 1
        expectBlocks(TARGET, 512, 1, 1);
        client.send(ack(0));
        client.expectSilence();
        client.send(ack(1));
        expectBlocks(TARGET, 512, 2, 2);
        client.expectSilence();
    }

    @Test
    @Tag("case-60")
    @Tag("case-F10")
    void f10_case60_an_error_or_ack_to_a_transfer_that_ended_is_not_answered() {
        client.ask(DAEMON.address(), rrq("nothing here"));
        client.expectError(1);
        client.send(error(0, "closed"));
        client.send(bytes(0, 5, 0, 0, "no NUL at the end"));
        client.send(ack(1));
        client.send(ack(0));
        expectNoTftp();
    }

    private void expectNoTftp() {
        client.pollUntilRest().ifPresent(d -> org.assertj.core.api.Assertions.fail("there came " + d));
    }

    @Test
    @Tag("case-60")
    void case60_an_error_in_the_middle_ends_the_transfer_with_or_without_its_nul() {
        client.ask(DAEMON.address(), rrq("target", "utimeout", "50000"));
        client.expectOack();
        client.send(ack(0));
        client.expectAfterOack(data(1, block(TARGET, 1, 512)));
        client.send(bytes(0, 5, 0, 3, "disk full"));
        long deadline = System.nanoTime() + Duration.ofMillis(100).toNanos();
        while (System.nanoTime() < deadline) {
            client.poll(Duration.ofMillis(50)); // sent before the ERROR was read
        }
        client.expectSilence();
    }

    @Test
    @Tag("case-65")
    void case65_silence_after_the_size_is_known_does_not_prevent_a_new_request() {
        for (int time = 0; time < 10; time++) {
            try (RawSocketPeer probe = new RawSocketPeer()) {
                probe.ask(DAEMON.address(), rrq("target", "tsize", "0"));
                probe.expect(oack("tsize", Integer.toString(TARGET.length)));
                probe.vanish();
            }
        }
        assertThat(DAEMON.fetch("target")).isEqualTo(TARGET);
    }
}
