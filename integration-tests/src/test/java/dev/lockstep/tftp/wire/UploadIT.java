package dev.lockstep.tftp.wire;

import static dev.lockstep.tftp.harness.Bytes.ack;
import static dev.lockstep.tftp.harness.Bytes.block;
import static dev.lockstep.tftp.harness.Bytes.bytes;
import static dev.lockstep.tftp.harness.Bytes.data;
import static dev.lockstep.tftp.harness.Bytes.error;
import static dev.lockstep.tftp.harness.Bytes.oack;
import static dev.lockstep.tftp.harness.Bytes.pattern;
import static dev.lockstep.tftp.harness.Bytes.wrq;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Datagram;
import dev.lockstep.tftp.harness.RawSocketPeer;
import dev.lockstep.tftp.harness.SharedDaemon;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests uploads to a daemon that allows replacing files. Each test uses a separate file. */
@Timeout(120)
class UploadIT {
    private static final byte[] CONTENT = pattern(4 * 512 + 192);
    private static final byte[] OLD = bytes("the old content\n");
    private static final int LARGEST = 1 << 20;

    @RegisterExtension
    private static final SharedDaemon DAEMON =
            SharedDaemon.serving("--writable", "--overwrite", "--max-size", Integer.toString(LARGEST));

    private final RawSocketPeer client = new RawSocketPeer();
    private String name;

    @BeforeEach
    void name(TestInfo test) {
        name = test.getTestMethod().orElseThrow().getName();
        name = name.substring(0, Math.min(60, name.length()))
                + Integer.toHexString(test.getDisplayName().hashCode());
    }

    @AfterEach
    void close() {
        client.close();
    }

    private Path file() {
        return DAEMON.root().resolve(name);
    }

    private byte[] stored() throws IOException {
        return Files.readAllBytes(file());
    }

    /** Sends a request with a timeout so long that it rules out retransmissions. */
    private void open(String... options) {
        client.ask(DAEMON.address(), wrq(name, withLongTimeout(options)));
        client.expectOack();
    }

    private static String[] withLongTimeout(String... options) {
        return Stream.concat(Stream.of(options), Stream.of("timeout", "255")).toArray(String[]::new);
    }

    private void sendBlock(long number) {
        client.send(data(number, block(CONTENT, number, 512)));
    }

    private void expectNothingKept() throws IOException {
        try (Stream<Path> files = Files.walk(DAEMON.root())) {
            assertThat(files.map(Path::getFileName).map(Path::toString)).noneMatch(kept -> kept.contains(name));
        }
    }

    @Test
    void an_upload_goes_block_by_block() throws IOException {
        client.ask(DAEMON.address(), bytes(0, 2, name, 0, "octet", 0));
        client.expect(bytes(0, 4, 0, 0));
        for (int n = 1; n <= 5; n++) {
            client.send(bytes(0, 3, 0, n, block(CONTENT, n, 512)));
            client.expect(bytes(0, 4, 0, n));
        }
        assertThat(stored()).isEqualTo(CONTENT);
        assertThat(client.peer().getPort()).isNotEqualTo(DAEMON.port());
    }

    @Test
    @Tag("case-2")
    void case02_a_repeated_write_request_brings_ack_0_again_from_the_same_port() throws IOException {
        byte[] request = wrq(name);
        client.ask(DAEMON.address(), request);
        client.expect(ack(0));
        client.sendTo(DAEMON.address(), request);
        client.expect(ack(0));
        client.upload(CONTENT, 512, 1);
        assertThat(stored()).isEqualTo(CONTENT);
    }

    @Test
    @Tag("case-2")
    @Tag("case-16")
    void case02_case16_a_repeated_write_request_brings_the_same_oack_from_the_same_port() throws IOException {
        byte[] request = wrq(name, withLongTimeout("blksize", "1024"));
        client.ask(DAEMON.address(), request);
        byte[] oack = client.expectOack().bytes();
        for (int copy = 0; copy < 3; copy++) {
            client.sendTo(DAEMON.address(), request);
            client.expect(oack);
        }
        client.upload(CONTENT, 1024, 1);
        assertThat(stored()).isEqualTo(CONTENT);
    }

    @Test
    @Tag("case-2")
    void case02_a_write_request_that_comes_late_does_not_open_the_file_again() throws IOException {
        byte[] request = wrq(name, withLongTimeout());
        client.ask(DAEMON.address(), request);
        client.expectOack();
        sendBlock(1);
        client.expect(ack(1));
        client.sendTo(DAEMON.address(), request);
        client.expectSilence();
        for (int n = 2; n <= 5; n++) {
            sendBlock(n);
            client.expect(ack(n));
        }
        assertThat(stored()).isEqualTo(CONTENT);
    }

    @Test
    @Tag("case-6")
    void case06_a_repeated_block_is_acknowledged_again_and_not_written_again() throws IOException {
        open();
        sendBlock(1);
        client.expect(ack(1));
        sendBlock(1);
        client.expect(ack(1));
        for (int n = 2; n <= 5; n++) {
            sendBlock(n);
            client.expect(ack(n));
        }
        assertThat(stored()).isEqualTo(CONTENT);
    }

    @Test
    void a_block_ahead_of_the_next_is_not_written() throws IOException {
        open();
        sendBlock(1);
        client.expect(ack(1));
        sendBlock(3);
        client.pollUntilRest().ifPresent(answer -> assertThat(answer.bytes()).isEqualTo(ack(1)));
        for (int n = 2; n <= 5; n++) {
            sendBlock(n);
            client.expect(ack(n));
        }
        assertThat(stored()).isEqualTo(CONTENT);
    }

    @Test
    @Tag("case-9")
    @Tag("case-48")
    void case09_case48_the_block_number_rolls_over_to_0() throws IOException {
        byte[] content = pattern(65_600 * 8 + 3);
        open("blksize", "8", "windowsize", "16");
        client.upload(content, 8, 16);
        assertThat(stored()).isEqualTo(content);
    }

    @Test
    @Tag("case-10")
    void case10_a_gap_at_the_roll_over_is_reported_by_an_ack_of_the_last_block_before_it() throws IOException {
        byte[] content = pattern(65_600 * 8 + 3);
        open("blksize", "8", "windowsize", "10");
        for (long n = 1; n <= 65_530; n++) {
            client.send(data(n, block(content, n, 8)));
            if (n % 10 == 0) {
                client.expect(ack(n));
            }
        }
        client.send(data(65_531, block(content, 65_531, 8)));
        client.send(data(65_536, block(content, 65_536, 8))); // the block with number 0: four are missing
        client.expect(ack(65_531));
        for (long n = 65_532; n <= 65_541; n++) {
            client.send(data(n, block(content, n, 8)));
        }
        client.expect(ack(65_541));
        for (long n = 65_542; n <= 65_601; n++) {
            client.send(data(n, block(content, n, 8)));
            if ((n - 65_541) % 10 == 0) {
                client.expect(ack(n));
            }
        }
        assertThat(stored()).isEqualTo(content);
    }

    @Test
    @Tag("case-11")
    void case11_an_empty_file_is_stored() throws IOException {
        client.ask(DAEMON.address(), wrq(name, "tsize", "0"));
        client.expect(oack("tsize", "0"));
        client.send(bytes(0, 3, 0, 1));
        client.expect(ack(1));
        assertThat(stored()).isEmpty();
    }

    @Test
    @Tag("case-12")
    void case12_a_multiple_of_the_block_size_is_not_complete_before_the_empty_block() throws IOException {
        open();
        for (int n = 1; n <= 2; n++) {
            sendBlock(n);
            client.expect(ack(n));
        }
        assertThat(file()).doesNotExist();
        client.send(bytes(0, 3, 0, 3));
        client.expect(ack(3));
        assertThat(stored()).isEqualTo(pattern(1024));
    }

    @Test
    @Tag("case-13")
    @Tag("case-F9")
    void case13_f09_a_retransmitted_last_block_is_acknowledged_again() throws IOException {
        open();
        client.upload(CONTENT, 512, 1);
        for (int copy = 0; copy < 3; copy++) {
            sendBlock(5);
            client.expect(ack(5));
        }
        assertThat(stored()).isEqualTo(CONTENT);
    }

    @Test
    @Tag("case-13")
    void case13_without_options_the_server_dallies_for_a_client_with_a_long_timeout() throws IOException {
        client.ask(DAEMON.address(), wrq(name));
        client.expect(ack(0));
        client.upload(CONTENT, 512, 1);
        client.expectSilence(Duration.ofMillis(5500));
        sendBlock(5);
        client.expect(ack(5));
        assertThat(stored()).isEqualTo(CONTENT);
    }

    @Test
    @Tag("case-16")
    void case16_an_oack_without_a_reply_does_not_end_the_upload() throws IOException {
        byte[] request = wrq(name, "timeout", "1");
        client.ask(DAEMON.address(), request);
        byte[] oack = client.expectOack().bytes();
        client.poll(Duration.ofMillis(2500))
                .ifPresent(again -> assertThat(again.bytes()).isEqualTo(oack));
        client.sendTo(DAEMON.address(), request);
        client.expect(oack);
        sendBlock(1);
        Datagram next = client.next();
        while (next.opcode() == Datagram.OACK) {
            next = client.next();
        }
        assertThat(next.bytes()).isEqualTo(ack(1));
    }

    @Test
    @Tag("case-23")
    void case23_an_unknown_option_alone_is_answered_with_ack_0() {
        client.ask(DAEMON.address(), wrq(name, "x-thing", "y"));
        client.expect(ack(0));
    }

    @Test
    @Tag("case-24")
    void case24_option_names_are_echoed_as_they_were_written() {
        client.ask(DAEMON.address(), wrq(name, "TSIZE", "2240", "BlkSize", "1024"));
        client.expect(bytes(0, 6, "TSIZE", 0, "2240", 0, "BlkSize", 0, "1024", 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "abc", "-1", "+5", "5x", " 5"})
    @Tag("case-26")
    void case26_a_size_that_is_not_a_number_is_left_out(String size) {
        client.ask(DAEMON.address(), wrq(name, "tsize", size, "blksize", "1024"));
        client.expect(oack("blksize", "1024"));
    }

    @Test
    @Tag("case-33")
    void case33_a_size_above_the_quota_is_refused_before_any_ack() throws IOException {
        client.ask(DAEMON.address(), wrq(name, "tsize", Integer.toString(LARGEST + 1)));
        client.expectError(3);
        client.expectSilence();
        expectNothingKept();
    }

    @Test
    @Tag("case-33")
    void case33_a_size_of_exactly_the_quota_is_accepted() {
        client.ask(DAEMON.address(), wrq(name, "tsize", Integer.toString(LARGEST)));
        client.expect(oack("tsize", Integer.toString(LARGEST)));
    }

    @Test
    @Tag("case-34")
    void case34_more_data_than_the_quota_ends_the_upload() throws IOException {
        Files.write(file(), OLD);
        client.ask(DAEMON.address(), wrq(name, withLongTimeout("tsize", "100", "blksize", "65464")));
        client.expectOack();
        byte[] payload = new byte[65464];
        int block = 0;
        Datagram answer;
        do {
            client.send(data(++block, payload));
            answer = client.next();
        } while (answer.opcode() == Datagram.ACK && block < 100);
        assertThat(answer.opcode()).as(answer.toString()).isEqualTo(Datagram.ERROR);
        assertThat(answer.number()).isEqualTo(3);
        assertThat(block).as("blocks").isBetween(LARGEST / 65464 + 1, 40);
        assertThat(stored()).isEqualTo(OLD);
    }

    @ParameterizedTest
    @ValueSource(strings = {"100", "5000"})
    @Tag("case-34")
    void case34_more_or_less_data_than_the_announced_size_is_accepted(String size) throws IOException {
        open("tsize", size);
        client.upload(CONTENT, 512, 1);
        assertThat(stored()).isEqualTo(CONTENT);
    }

    @Test
    @Tag("case-35")
    void case35_the_whole_file_is_stored_when_the_last_ack_is_sent() throws IOException {
        Files.write(file(), OLD);
        byte[] content = pattern(1_000_000);
        open("blksize", "32768");
        for (int n = 1; n <= 30; n++) {
            client.send(data(n, block(content, n, 32768)));
            client.expect(ack(n));
            assertThat(stored()).as("after block " + n).isEqualTo(OLD);
        }
        client.send(data(31, block(content, 31, 32768)));
        client.expect(ack(31));
        assertThat(stored()).isEqualTo(content);
    }

    @Test
    @Tag("case-36")
    void case36_an_error_from_the_client_keeps_the_old_file_and_nothing_else() throws IOException {
        Files.write(file(), OLD);
        open();
        sendBlock(1);
        client.expect(ack(1));
        client.send(error(3, "my disk is broken"));
        client.expectSilence();
        assertThat(stored()).isEqualTo(OLD);
        Files.delete(file());
        expectNothingKept();
    }

    @Test
    @Tag("case-37")
    void case37_a_text_is_stored_with_bare_line_ends() throws IOException {
        client.ask(DAEMON.address(), bytes(0, 2, name, 0, "netascii", 0));
        client.expect(ack(0));
        client.send(data(1, bytes("one\r\ntwo\r", 0, "\r\n\r\n")));
        client.expect(ack(1));
        assertThat(stored()).isEqualTo(bytes("one\ntwo\r\n\n"));
    }

    @Test
    @Tag("case-37")
    void case37_cr_lf_and_cr_nul_may_be_split_over_two_blocks_and_a_block_retransmitted() throws IOException {
        client.ask(DAEMON.address(), bytes(0, 2, name, 0, "netascii", 0, "timeout", 0, "255", 0));
        client.expectOack();
        client.send(data(1, bytes("a".repeat(511), "\r")));
        client.expect(ack(1));
        client.send(data(1, bytes("a".repeat(511), "\r")));
        client.expect(ack(1));
        client.send(data(2, bytes("\n", "b".repeat(510), "\r")));
        client.expect(ack(2));
        client.send(data(3, bytes(0, "c\r", 0)));
        client.expect(ack(3));
        assertThat(stored()).isEqualTo(bytes("a".repeat(511), "\n", "b".repeat(510), "\rc\r"));
    }

    @Test
    @Tag("case-37")
    void case37_a_text_that_ends_in_a_lone_cr_keeps_it() throws IOException {
        client.ask(DAEMON.address(), bytes(0, 2, name, 0, "netascii", 0));
        client.expect(ack(0));
        client.send(data(1, bytes("end\r")));
        client.expect(ack(1));
        assertThat(stored()).isEqualTo(bytes("end\r"));
    }

    @Test
    @Tag("case-39")
    void case39_data_longer_than_agreed_is_error_4_and_nothing_is_kept() throws IOException {
        open();
        sendBlock(1);
        client.expect(ack(1));
        client.send(data(2, pattern(513)));
        client.expectError(4);
        client.expectSilence();
        expectNothingKept();
    }

    @Test
    @Tag("case-40")
    void case40_invalid_datagrams_do_not_affect_an_upload() throws IOException {
        open();
        sendBlock(1);
        client.expect(ack(1));
        client.send(bytes());
        client.send(bytes(0));
        client.send(bytes(0, 3));
        client.send(bytes(0, 3, 0));
        client.send(bytes(0, 0, 0, 2));
        client.send(bytes(0, 7, 0, 2));
        client.send(ack(1));
        client.send(ack(2));
        client.send(oack("blksize", "8"));
        client.expectSilence();
        for (int n = 2; n <= 5; n++) {
            sendBlock(n);
            client.expect(ack(n));
        }
        assertThat(stored()).isEqualTo(CONTENT);
    }

    @Test
    @Tag("case-41")
    void case41_data_after_the_last_block_changes_nothing() throws IOException {
        open();
        client.upload(CONTENT, 512, 1);
        client.send(data(6, pattern(512)));
        client.pollUntilRest().ifPresent(answer -> assertThat(answer.bytes()).isEqualTo(ack(5)));
        client.send(data(5, pattern(512)));
        client.expect(ack(5));
        client.expectSilence();
        assertThat(stored()).isEqualTo(CONTENT);
    }

    @Test
    @Tag("case-43")
    void case43_a_gap_is_reported_once_by_an_ack_of_the_last_block_before_it() throws IOException {
        open("windowsize", "4");
        sendBlock(1);
        sendBlock(3);
        client.expect(ack(1));
        sendBlock(4);
        client.expectSilence();
        for (int n = 2; n <= 5; n++) {
            sendBlock(n);
        }
        client.expect(ack(5));
        assertThat(stored()).isEqualTo(CONTENT);
    }

    @Test
    @Tag("case-43")
    void case43_a_gap_at_the_first_block_is_reported_by_ack_0() throws IOException {
        open("windowsize", "4");
        sendBlock(2);
        client.expect(ack(0));
        sendBlock(3);
        sendBlock(4);
        client.expectSilence();
        for (int n = 1; n <= 4; n++) {
            sendBlock(n);
        }
        client.expect(ack(4));
        sendBlock(5);
        client.expect(ack(5));
        assertThat(stored()).isEqualTo(CONTENT);
    }

    @Test
    @Tag("case-44")
    void case44_of_a_retransmitted_window_only_the_last_block_is_acknowledged() throws IOException {
        open("windowsize", "4");
        for (int n = 1; n <= 4; n++) {
            sendBlock(n);
        }
        client.expect(ack(4));
        for (int n = 1; n <= 3; n++) {
            sendBlock(n);
        }
        client.expectSilence();
        sendBlock(4);
        client.expect(ack(4));
        sendBlock(5);
        client.expect(ack(5));
        assertThat(stored()).isEqualTo(CONTENT);
    }

    @Test
    @Tag("case-45")
    void case45_the_short_block_ends_its_window_and_is_acknowledged_at_once() throws IOException {
        open("windowsize", "16");
        for (int n = 1; n <= 5; n++) {
            sendBlock(n);
        }
        client.expect(ack(5));
        assertThat(stored()).isEqualTo(CONTENT);
    }

    @Test
    @Tag("case-46")
    void case46_a_window_whose_last_block_is_lost_is_acknowledged_after_a_timeout() {
        client.ask(DAEMON.address(), wrq(name, "windowsize", "4", "timeout", "1"));
        byte[] oack = client.expectOack().bytes();
        for (int n = 1; n <= 3; n++) {
            sendBlock(n);
        }
        Datagram next = client.next();
        while (next.opcode() == Datagram.OACK) {
            assertThat(next.bytes()).isEqualTo(oack);
            next = client.next();
        }
        assertThat(next.bytes()).isEqualTo(ack(3));
    }

    @Test
    @Tag("case-48")
    void case48_a_window_above_the_limit_is_lowered_and_each_window_acknowledged() throws IOException {
        byte[] content = pattern(200 * 512 + 7);
        client.ask(DAEMON.address(), wrq(name, withLongTimeout("windowsize", "65535")));
        int granted = Integer.parseInt(client.expectOack().options().get("windowsize"));
        assertThat(granted).isBetween(1, 64);
        client.upload(content, 512, granted);
        assertThat(stored()).isEqualTo(content);
    }

    @Test
    @Tag("case-66")
    void case66_a_write_request_delayed_past_its_own_upload_does_not_harm_the_file() throws IOException {
        byte[] request = wrq(name, "utimeout", "100000");
        client.ask(DAEMON.address(), request);
        client.expectOack();
        client.upload(CONTENT, 512, 1);
        client.sendTo(DAEMON.address(), request);
        client.pollUntilRest();
        assertThat(stored()).isEqualTo(CONTENT);
        client.poll(Duration.ofMillis(1500)); // past the dallying of the server
        client.ask(DAEMON.address(), request);
        Datagram answer = client.next();
        assertThat(answer.opcode()).as(answer.toString()).isEqualTo(Datagram.OACK);
        assertThat(stored()).isEqualTo(CONTENT);
        client.send(error(0, "never mind"));
        client.pollUntilRest();
        assertThat(stored()).isEqualTo(CONTENT);
    }

    @Test
    @Tag("case-66")
    void case66_a_new_upload_from_the_same_port_replaces_the_file_when_it_is_whole() throws IOException {
        for (int size : new int[] {2240, 700}) {
            client.ask(DAEMON.address(), wrq(name, "utimeout", "100000"));
            client.expectOack();
            client.upload(pattern(size), 512, 1);
            assertThat(stored()).isEqualTo(pattern(size));
            client.expectSilence(Duration.ofMillis(1500));
        }
    }

    @Test
    void two_clients_may_write_the_same_name_and_the_file_is_one_of_theirs() throws IOException {
        byte[] mine = pattern(1500);
        byte[] theirs = bytes("x".repeat(1500));
        try (RawSocketPeer other = new RawSocketPeer()) {
            open();
            other.ask(DAEMON.address(), wrq(name, withLongTimeout()));
            Datagram answer = other.next();
            client.send(data(1, block(mine, 1, 512)));
            client.expect(ack(1));
            if (answer.opcode() == Datagram.OACK) {
                other.upload(theirs, 512, 1);
            }
            for (int n = 2; n <= 3; n++) {
                client.send(data(n, block(mine, n, 512)));
                client.expect(ack(n));
            }
        }
        assertThat(stored()).isEqualTo(mine);
    }
}
