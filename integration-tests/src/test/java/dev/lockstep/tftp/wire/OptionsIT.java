package dev.lockstep.tftp.wire;

import static dev.lockstep.tftp.harness.Bytes.ack;
import static dev.lockstep.tftp.harness.Bytes.block;
import static dev.lockstep.tftp.harness.Bytes.bytes;
import static dev.lockstep.tftp.harness.Bytes.data;
import static dev.lockstep.tftp.harness.Bytes.oack;
import static dev.lockstep.tftp.harness.Bytes.pattern;
import static dev.lockstep.tftp.harness.Bytes.rrq;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Bytes;
import dev.lockstep.tftp.harness.Datagram;
import dev.lockstep.tftp.harness.RawSocketPeer;
import dev.lockstep.tftp.harness.SharedDaemon;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the options that the daemon grants. */
@Timeout(60)
class OptionsIT {
    private static final byte[] TARGET = pattern(2240);
    private static final byte[] LARGE = pattern(200 * 1024);
    private static final long HUGE = 5L << 30;

    /** 19 bytes; 25 with each LF as CR LF and each CR as CR NUL. */
    private static final byte[] TEXT = bytes("one\ntwo\r\nthree\n\rfour\n");

    private static final byte[] NETASCII = bytes("one\r\ntwo\r", 0, "\r\nthree\r\n\r", 0, "four\r\n");

    @RegisterExtension
    private static final SharedDaemon DAEMON = SharedDaemon.serving().files(OptionsIT::writeFiles);

    private final RawSocketPeer client = new RawSocketPeer();

    private static void writeFiles(Path root) throws IOException {
        Files.write(root.resolve("target"), TARGET);
        Files.write(root.resolve("large"), LARGE);
        Files.write(root.resolve("text"), TEXT);
        Files.write(root.resolve("lone-cr"), bytes("end\r"));
        Files.write(root.resolve("split"), bytes("a".repeat(511), "\n", "b".repeat(509), "\r", "c"));
        try (RandomAccessFile huge = new RandomAccessFile(root.resolve("huge").toFile(), "rw")) {
            huge.setLength(HUGE);
        }
    }

    @AfterEach
    void close() {
        client.close();
    }

    private void ask(byte[] request) {
        client.ask(DAEMON.address(), request);
    }

    /** Expects the first packet of a server that granted no option. */
    private void expectPlainStart() {
        client.expect(data(1, block(TARGET, 1, 512)));
    }

    @Test
    void an_oack_ends_with_a_nul_and_has_the_options_in_the_order_they_were_asked() {
        ask(bytes(0, 1, "target", 0, "octet", 0, "windowsize", 0, "4", 0, "tsize", 0, "0", 0, "blksize", 0, "1428", 0));
        client.expect(bytes(0, 6, "windowsize", 0, "4", 0, "tsize", 0, "2240", 0, "blksize", 0, "1428", 0));
    }

    @Test
    @Tag("case-F2")
    void f02_a_window_without_a_block_size_is_granted() {
        ask(rrq("target", "windowsize", "4"));
        client.expect(oack("windowsize", "4"));
        client.send(ack(0));
        assertThat(client.download(512, 4)).isEqualTo(TARGET);
    }

    @Test
    @Tag("case-F2")
    void f02_without_options_there_is_no_oack() {
        ask(rrq("target"));
        expectPlainStart();
    }

    @ParameterizedTest
    @ValueSource(strings = {"8", "9", "511", "512", "513", "1024", "1428", "1468", "8192", "65464"})
    @Tag("case-22")
    void case22_a_block_size_asked_for_is_granted_and_nothing_else(String size) {
        ask(rrq("target", "blksize", size));
        client.expect(oack("blksize", size));
        client.send(ack(0));
        assertThat(client.download(Integer.parseInt(size), 1)).isEqualTo(TARGET);
    }

    @Test
    @Tag("case-23")
    void case23_an_unknown_option_alone_brings_no_oack() {
        ask(rrq("target", "multicast", ""));
        expectPlainStart();
    }

    @Test
    @Tag("case-23")
    void case23_unknown_options_are_left_out() {
        ask(rrq("target", "msftwindow", "31416", "blksize", "1024", "x-thing", "y", "multicast", ""));
        client.expect(oack("blksize", "1024"));
    }

    @Test
    @Tag("case-24")
    void case24_option_names_in_any_case_are_echoed_as_they_were_written() {
        ask(bytes(0, 1, "target", 0, "OcTeT", 0, "BLKSIZE", 0, "1428", 0, "tSize", 0, "0", 0, "WindowSize", 0, "2", 0));
        client.expect(bytes(0, 6, "BLKSIZE", 0, "1428", 0, "tSize", 0, "2240", 0, "WindowSize", 0, "2", 0));
    }

    @Test
    @Tag("case-25")
    void case25_of_an_option_given_twice_the_first_counts_and_is_echoed_once() {
        ask(rrq("target", "blksize", "1024", "tsize", "0", "BlkSize", "512"));
        client.expect(oack("blksize", "1024", "tsize", "2240"));
        client.send(ack(0));
        client.expect(data(1, block(TARGET, 1, 1024)));
    }

    @ParameterizedTest
    @MethodSource("notNumbers")
    @Tag("case-26")
    void case26_a_value_that_is_not_a_number_drops_only_that_option(String value) {
        for (String name : List.of("blksize", "windowsize", "timeout", "utimeout", "blksize2", "rollover")) {
            try (RawSocketPeer peer = new RawSocketPeer()) {
                peer.ask(DAEMON.address(), rrq("target", name, value, "tsize", "0"));
                peer.expect(oack("tsize", "2240"));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("notNumbers")
    @Tag("case-26")
    @Tag("case-P1")
    void case26_a_value_that_is_not_a_number_alone_brings_no_oack(String value) {
        ask(rrq("target", "blksize", value));
        expectPlainStart();
    }

    static Stream<String> notNumbers() {
        return Stream.of(
                "",
                "abc",
                "-1",
                "+1428",
                " 1428",
                "1428 ",
                "1428x",
                "0x400",
                "1e3",
                "14.5",
                "\u0661\u0662\u0663",
                "-9223372036854775809");
    }

    @ParameterizedTest
    @ValueSource(strings = {"9223372036854775808", "18446744073709551617", "99999999999999999999999999999999"})
    @Tag("case-26")
    void case26_a_number_above_64_bits_does_not_crash(String value) {
        for (String name : List.of("windowsize", "timeout", "utimeout", "rollover")) {
            try (RawSocketPeer peer = new RawSocketPeer()) {
                peer.ask(DAEMON.address(), rrq("target", name, value, "tsize", "0"));
                peer.expect(oack("tsize", "2240"));
            }
        }
        ask(rrq("target", "blksize", value));
        Datagram answer = client.next();
        assertThat(answer.opcode())
                .as("above the limit, or not a number: " + answer)
                .isIn(Datagram.OACK, Datagram.DATA);
        assertThat(answer.options().getOrDefault("blksize", "65464")).isEqualTo("65464");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "7"})
    @Tag("case-27")
    void case27_a_block_size_below_8_is_left_out(String size) {
        ask(rrq("target", "blksize", size));
        expectPlainStart();
    }

    @ParameterizedTest
    @ValueSource(strings = {"65465", "65535", "65536", "100000", "4294967808"})
    @Tag("case-27")
    void case27_a_block_size_above_65464_is_answered_with_the_largest_allowed(String size) {
        ask(rrq("large", "blksize", size));
        client.expect(oack("blksize", "65464"));
        client.send(ack(0));
        assertThat(client.download(65464, 1)).isEqualTo(LARGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "256", "300", "65536", "-5"})
    @Tag("case-28")
    void case28_a_timeout_outside_1_to_255_is_left_out(String seconds) {
        ask(rrq("target", "timeout", seconds, "tsize", "0"));
        client.expect(oack("tsize", "2240"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "2", "5", "255"})
    @Tag("case-28")
    void case28_a_timeout_is_echoed_exactly(String seconds) {
        ask(rrq("target", "timeout", seconds));
        client.expect(oack("timeout", seconds));
    }

    @ParameterizedTest
    @CsvSource({"9999,", "10000,10000", "50000,50000", "255000000,255000000", "255000001,", "0,"})
    @Tag("case-28")
    void case28_a_utimeout_is_echoed_exactly_or_left_out(String asked, String granted) {
        ask(rrq("target", "utimeout", asked, "tsize", "0"));
        client.expect(granted == null ? oack("tsize", "2240") : oack("utimeout", granted, "tsize", "2240"));
    }

    @Test
    @Tag("case-29")
    void case29_of_timeout_and_utimeout_both_are_echoed_and_the_later_one_sets_the_short_timer() {
        ask(rrq("target", "timeout", "255", "utimeout", "50000"));
        byte[] oack = oack("timeout", "255", "utimeout", "50000");
        client.expect(oack);
        client.expect(oack);
    }

    @Test
    @Tag("case-29")
    void case29_of_utimeout_and_timeout_both_are_echoed_and_the_later_one_sets_the_long_timer() {
        ask(rrq("target", "utimeout", "50000", "timeout", "255"));
        client.expect(oack("utimeout", "50000", "timeout", "255"));
        client.expectSilence();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "2240", "99999999999"})
    @Tag("case-30")
    @Tag("case-31")
    void case30_case31_a_read_gets_the_true_size_whatever_it_sent(String sent) {
        ask(rrq("target", "tsize", sent));
        client.expect(oack("tsize", "2240"));
    }

    @Test
    @Tag("case-30")
    void case30_the_size_has_64_bits() {
        ask(rrq("huge", "tsize", "0"));
        client.expect(oack("tsize", Long.toString(HUGE)));
    }

    @Test
    @Tag("case-32")
    void case32_the_size_of_a_text_is_its_size_on_the_wire_or_left_out() {
        ask(bytes(0, 1, "text", 0, "netascii", 0, "tsize", 0, "0", 0));
        Datagram answer = client.next();
        if (answer.opcode() == Datagram.OACK) {
            assertThat(answer.options()).containsEntry("tsize", Integer.toString(NETASCII.length));
            client.send(ack(0));
            answer = client.next();
        }
        assertThat(answer.bytes()).isEqualTo(data(1, NETASCII));
    }

    @Test
    @Tag("case-37")
    void case37_a_text_is_sent_with_cr_lf_and_cr_nul() {
        ask(bytes(0, 1, "text", 0, "netascii", 0));
        client.expect(data(1, NETASCII));
    }

    @Test
    @Tag("case-37")
    void case37_cr_lf_and_cr_nul_may_fall_on_either_side_of_a_block_boundary() {
        ask(bytes(0, 1, "split", 0, "NETASCII", 0, "timeout", 0, "255", 0));
        client.expectOack();
        client.send(ack(0));
        client.expect(data(1, bytes("a".repeat(511), "\r")));
        client.send(ack(1));
        client.expect(data(2, bytes("\n", "b".repeat(509), "\r", 0)));
        client.send(ack(2));
        client.expect(data(3, bytes("c")));
    }

    @Test
    @Tag("case-37")
    void case37_a_file_that_ends_in_cr_ends_in_cr_nul_on_the_wire() {
        ask(bytes(0, 1, "lone-cr", 0, "netascii", 0));
        client.expect(data(1, bytes("end\r", 0)));
    }

    @Test
    @Tag("case-38")
    void case38_a_block_of_a_text_is_retransmitted_byte_for_byte() {
        ask(bytes(0, 1, "split", 0, "netascii", 0, "utimeout", 0, "50000", 0));
        client.expectOack();
        client.send(ack(0));
        byte[] first = data(1, bytes("a".repeat(511), "\r"));
        byte[] second = data(2, bytes("\n", "b".repeat(509), "\r", 0));
        client.expectAfterOack(first);
        client.expect(first);
        client.send(ack(1));
        Datagram next = client.next();
        while (next.number() == 1) {
            next = client.next();
        }
        assertThat(next.bytes()).isEqualTo(second);
        client.expect(second);
        client.send(ack(2));
        next = client.next();
        while (next.number() == 2) {
            next = client.next();
        }
        assertThat(next.bytes()).isEqualTo(data(3, bytes("c")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "65536", "70000", "-4"})
    @Tag("case-47")
    void case47_a_window_outside_1_to_65535_is_left_out(String blocks) {
        ask(rrq("target", "windowsize", blocks, "tsize", "0"));
        client.expect(oack("tsize", "2240"));
    }

    @Test
    @Tag("case-47")
    void case47_a_window_above_the_limit_is_answered_with_a_smaller_one() {
        ask(rrq("large", "windowsize", "65535"));
        int granted = Integer.parseInt(client.expectOack().options().get("windowsize"));
        assertThat(granted).isBetween(1, 64);
        client.send(ack(0));
        assertThat(client.download(512, granted)).isEqualTo(LARGE);
    }

    @Test
    @Tag("case-47")
    void case47_a_window_of_large_blocks_is_limited_in_bytes() {
        ask(rrq("large", "windowsize", "64", "blksize", "32768"));
        int granted = Integer.parseInt(client.expectOack().options().get("windowsize"));
        assertThat(granted).isBetween(1, 3);
        client.send(ack(0));
        assertThat(client.download(32768, granted)).isEqualTo(LARGE);
    }

    @ParameterizedTest
    @CsvSource({"8,8", "9,8", "512,512", "1000,512", "1468,1024", "65464,32768", "70000,32768"})
    void blksize2_is_the_largest_power_of_two_within_the_asked(String asked, String granted) {
        ask(rrq("large", "blksize2", asked));
        client.expect(oack("blksize2", granted));
        client.send(ack(0));
        assertThat(client.download(Integer.parseInt(granted), 1)).isEqualTo(LARGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1"})
    @Tag("case-9")
    void case09_rollover_sets_the_number_after_65535(String number) {
        ask(rrq("huge", "rollover", number, "blksize", "8", "windowsize", "64", "timeout", "255"));
        assertThat(client.expectOack().options())
                .containsEntry("rollover", number)
                .containsEntry("windowsize", "64");
        client.send(ack(0));
        long last = 0;
        for (int wire = 0; wire != 65535; ) {
            wire = client.next().number();
            if (++last % 64 == 0) {
                client.send(ack(wire));
            }
        }
        client.expect(data(Integer.parseInt(number), new byte[8]));
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "65535", "x"})
    void rollover_to_anything_but_0_or_1_is_left_out(String number) {
        ask(rrq("target", "rollover", number));
        expectPlainStart();
    }

    @Test
    void all_options_at_once_get_one_oack() {
        ask(Bytes.rrq("target", "timeout", "5", "tsize", "0", "blksize", "1468", "windowsize", "4"));
        client.expect(oack("timeout", "5", "tsize", "2240", "blksize", "1468", "windowsize", "4"));
    }
}
