package dev.lockstep.tftp.wire;

import static dev.lockstep.tftp.harness.Bytes.ack;
import static dev.lockstep.tftp.harness.Bytes.block;
import static dev.lockstep.tftp.harness.Bytes.bytes;
import static dev.lockstep.tftp.harness.Bytes.data;
import static dev.lockstep.tftp.harness.Bytes.error;
import static dev.lockstep.tftp.harness.Bytes.oack;
import static dev.lockstep.tftp.harness.Bytes.pattern;
import static dev.lockstep.tftp.harness.ClientProcess.tftp;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Datagram;
import dev.lockstep.tftp.harness.FakeServer;
import dev.lockstep.tftp.harness.InProcess;
import dev.lockstep.tftp.harness.RawSocketPeer;
import dev.lockstep.tftp.harness.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests uploads of the client to a scripted server. */
@Timeout(180)
class ClientPutIT {
    private static final byte[] CONTENT = pattern(4 * 512 + 192);

    @TempDir
    private Path folder;

    private final FakeServer server = new FakeServer();
    private Run client;
    private Datagram request;
    private RawSocketPeer tid;

    @AfterEach
    void close() {
        if (client != null) {
            client.close();
            assertThat(client.printed()).doesNotContain("LEAK:").doesNotContainPattern("(?m)^\\s+at [\\w.$]+\\(");
        }
        server.close();
    }

    /** Starts a put and receives its request. */
    private void put(byte[] content, String... flags) throws IOException {
        putUrl(content, server.url("file"), flags);
    }

    private void putUrl(byte[] content, String url, String... flags) throws IOException {
        Path in = Files.write(folder.resolve("in"), content);
        List<String> arguments = new ArrayList<>(List.of("put", in.toString(), url));
        arguments.addAll(List.of(flags));
        if (!arguments.contains("--timeout")) {
            arguments.addAll(List.of("--timeout", "5")); // rules out retransmissions
        }
        client = InProcess.tftp(arguments.toArray(String[]::new));
        request = server.awaitRequest();
        tid = server.answerer(request);
    }

    /** Starts a put, grants these of its options, and receives the first block. */
    private void putGranted(byte[] content, List<String> granted, String... flags) throws IOException {
        put(content, flags);
        assertThat(request.options()).as(request.toString()).containsKeys(granted.toArray(String[]::new));
        tid.send(request.granting(granted.toArray(String[]::new)));
    }

    private void expectBlocks(byte[] content, int blksize, long from, long to) {
        for (long n = from; n <= to; n++) {
            tid.expect(data(n, block(content, n, blksize)));
        }
    }

    private void acknowledgeInLockStep(int blksize, int from, int to) {
        for (int n = from; n <= to; n++) {
            tid.send(ack(n - 1));
            expectBlocks(CONTENT, blksize, n, n);
        }
        tid.send(ack(to));
    }

    private void expectSuccess() {
        Run.Result result = client.await();
        assertThat(result.exit()).as(result.toString()).isZero();
    }

    private Run.Result expectFailure() {
        Run.Result result = client.await();
        assertThat(result.exit()).as(result.toString()).isEqualTo(1);
        assertThat(result.stderr()).as(result.toString()).startsWith("tftp: ");
        assertThat(result.stderr().lines()).hasSize(1);
        return result;
    }

    @Test
    void a_put_without_options_is_a_plain_request() throws IOException {
        put(CONTENT, "--no-options");
        assertThat(request.bytes()).isEqualTo(bytes(0, 2, "file", 0, "octet", 0));
        acknowledgeInLockStep(512, 1, 5);
        expectSuccess();
    }

    @Test
    void a_put_that_sends_tsize_sends_the_true_size() throws IOException {
        put(CONTENT, "--blksize", "1024");
        assertThat(request.options().getOrDefault("tsize", "2240")).isEqualTo("2240");
        assertThat(request.options()).containsEntry("blksize", "1024");
    }

    @Test
    @Tag("case-3")
    void case03_an_ack_from_an_unknown_tid_is_answered_with_error_5_and_is_no_progress() throws IOException {
        putGranted(CONTENT, List.of("blksize"), "--blksize", "500", "--timeout", "5");
        expectBlocks(CONTENT, 500, 1, 1);
        RawSocketPeer other = server.answerer(request);
        other.send(ack(1));
        other.expectError(5);
        tid.expectSilence();
        acknowledgeInLockStep(500, 2, 5);
        expectSuccess();
    }

    @Test
    @Tag("case-4")
    void case04_an_error_from_an_unknown_tid_is_ignored_and_not_answered() throws IOException {
        putGranted(CONTENT, List.of("blksize"), "--blksize", "500", "--timeout", "5");
        expectBlocks(CONTENT, 500, 1, 1);
        RawSocketPeer other = server.answerer(request);
        other.send(error(3, "spoofed"));
        other.expectSilence();
        acknowledgeInLockStep(500, 2, 5);
        expectSuccess();
    }

    @Test
    @Tag("case-5")
    void case05_a_repeated_ack_sends_nothing() throws IOException {
        putGranted(CONTENT, List.of("blksize"), "--blksize", "500", "--timeout", "5");
        expectBlocks(CONTENT, 500, 1, 1);
        tid.send(ack(1));
        tid.send(ack(1));
        expectBlocks(CONTENT, 500, 2, 2);
        tid.send(ack(1));
        tid.send(ack(0));
        tid.expectSilence();
        acknowledgeInLockStep(500, 3, 5);
        expectSuccess();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 500, 65535})
    @Tag("case-7")
    void case07_an_ack_for_a_block_not_yet_sent_is_ignored(int ahead) throws IOException {
        putGranted(CONTENT, List.of("blksize"), "--blksize", "500", "--timeout", "5");
        expectBlocks(CONTENT, 500, 1, 1);
        tid.send(ack(ahead));
        tid.expectSilence();
        acknowledgeInLockStep(500, 2, 5);
        expectSuccess();
    }

    @Test
    @Tag("case-9")
    void case09_the_block_number_rolls_over_to_0() throws IOException {
        byte[] content = pattern(65_600 * 8 + 3);
        putGranted(content, List.of("blksize"), "--blksize", "8");
        for (long n = 1; n <= 65_601; n++) {
            expectBlocks(content, 8, n, n);
            tid.send(ack(n));
        }
        expectSuccess();
    }

    @Test
    @Tag("case-10")
    void case10_a_gap_at_the_roll_over_inside_a_window_rewinds_to_it() throws IOException {
        byte[] content = pattern(65_600 * 8 + 3);
        putGranted(content, List.of("blksize", "windowsize"), "--blksize", "8", "--windowsize", "10");
        for (long n = 0; n < 65_530; n += 10) {
            expectBlocks(content, 8, n + 1, n + 10);
            tid.send(ack(n + 10));
        }
        expectBlocks(content, 8, 65_531, 65_540);
        tid.send(ack(65_535));
        expectBlocks(content, 8, 65_536, 65_545);
        tid.send(ack(65_536));
        expectBlocks(content, 8, 65_537, 65_546);
        for (long n = 65_546; n < 65_601; n += 10) {
            tid.send(ack(n));
            expectBlocks(content, 8, n + 1, Math.min(65_601, n + 10));
        }
        tid.send(ack(65_601));
        expectSuccess();
    }

    @Test
    @Tag("case-11")
    void case11_an_empty_file_is_one_empty_block() throws IOException {
        put(new byte[0], "--no-options");
        tid.send(ack(0));
        tid.expect(bytes(0, 3, 0, 1));
        tid.send(ack(1));
        expectSuccess();
    }

    @Test
    @Tag("case-12")
    void case12_a_multiple_of_the_block_size_ends_with_an_empty_block() throws IOException {
        put(pattern(1024), "--no-options");
        for (int n = 1; n <= 3; n++) {
            tid.send(ack(n - 1));
            expectBlocks(pattern(1024), 512, n, n);
        }
        tid.send(ack(3));
        expectSuccess();
    }

    @Test
    @Tag("case-14")
    void case14_a_last_ack_that_never_arrives_is_probably_complete() throws IOException {
        putGranted(CONTENT, List.of("blksize"), "--blksize", "500", "--timeout", "1", "--give-up", "3");
        expectBlocks(CONTENT, 500, 1, 1);
        for (int n = 2; n <= 5; n++) {
            tid.send(ack(n - 1));
            expectBlocks(CONTENT, 500, n, n);
        }
        Run.Result result = client.await(Duration.ofMinutes(2));
        assertThat(result.exit()).as(result.toString()).isZero();
    }

    @Test
    @Tag("case-15")
    @Tag("case-16")
    void case15_case16_a_request_without_a_reply_is_retransmitted_byte_for_byte() throws IOException {
        put(CONTENT, "--timeout", "1");
        Datagram again = server.awaitRequest();
        assertThat(again.bytes()).isEqualTo(request.bytes());
        assertThat(again.from()).isEqualTo(request.from());
        acknowledgeInLockStep(512, 1, 5);
        expectSuccess();
    }

    @Test
    @Tag("case-15")
    void case15_an_unacknowledged_block_is_retransmitted_after_a_timeout() throws IOException {
        putGranted(CONTENT, List.of("blksize"), "--blksize", "500", "--timeout", "1");
        expectBlocks(CONTENT, 500, 1, 1);
        expectBlocks(CONTENT, 500, 1, 1);
        acknowledgeInLockStep(500, 2, 5);
        expectSuccess();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 65535})
    @Tag("case-19")
    void case19_a_request_answered_by_another_ack_than_0_sends_no_data(int block) throws IOException {
        put(CONTENT, "--blksize", "1024", "--timeout", "5");
        tid.send(ack(block));
        tid.pollUntilRest()
                .ifPresent(answer ->
                        assertThat(answer.opcode()).as(answer.toString()).isNotEqualTo(Datagram.DATA));
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 4})
    @Tag("case-20")
    void case20_a_server_that_refuses_the_options_is_asked_again_without(int code) throws IOException {
        put(CONTENT, "--blksize", "1024");
        tid.send(error(code, "no options please"));
        request = server.awaitRequest();
        assertThat(request.bytes()).isEqualTo(bytes(0, 2, "file", 0, "octet", 0));
        tid = server.answerer(request);
        acknowledgeInLockStep(512, 1, 5);
        expectSuccess();
    }

    @Test
    @Tag("case-21")
    void case21_a_server_that_ignores_the_options_gets_512_and_no_window() throws IOException {
        put(CONTENT, "--blksize", "1024", "--windowsize", "4", "--timeout", "5");
        tid.send(ack(0));
        expectBlocks(CONTENT, 512, 1, 1);
        tid.expectSilence();
        acknowledgeInLockStep(512, 2, 5);
        expectSuccess();
    }

    @Test
    @Tag("case-68")
    void case68_where_blksize_8_is_not_granted_512_holds_from_the_first_block() throws IOException {
        put(CONTENT, "--blksize", "8");
        acknowledgeInLockStep(512, 1, 5);
        expectSuccess();
    }

    @ParameterizedTest
    @MethodSource("wrongAnswers")
    @Tag("case-22")
    @Tag("case-67")
    void case22_case67_an_answer_that_was_not_asked_for_is_error_8(byte[] answer) throws IOException {
        put(CONTENT, "--blksize", "1024", "--windowsize", "4");
        tid.send(answer);
        tid.expectError(8);
        expectFailure();
        tid.expectSilence();
    }

    static Stream<byte[]> wrongAnswers() {
        return Stream.of(
                oack("x-thing", "1"),
                oack("blksize", "1025"),
                oack("blksize", "99999999999"),
                oack("blksize", "-1"),
                oack("blksize", ""),
                oack("windowsize", "5"),
                oack("timeout", "200"));
    }

    @Test
    @Tag("case-33")
    void case33_a_full_server_is_a_failure_with_its_code_and_text() throws IOException {
        put(CONTENT, "--blksize", "1024");
        tid.send(error(3, "no room for that"));
        assertThat(expectFailure().stderr())
                .isEqualTo("tftp: " + server.url("file") + ": server: no room for that (error 3)\n");
    }

    @Test
    @Tag("case-36")
    void case36_an_error_in_the_place_of_the_last_ack_is_a_failure() throws IOException {
        putGranted(CONTENT, List.of("blksize"), "--blksize", "500");
        expectBlocks(CONTENT, 500, 1, 1);
        for (int n = 2; n <= 5; n++) {
            tid.send(ack(n - 1));
            expectBlocks(CONTENT, 500, n, n);
        }
        tid.send(error(3, "disk full"));
        assertThat(expectFailure().stderr()).contains("disk full");
        tid.expectSilence();
    }

    @Test
    @Tag("case-37")
    @Tag("case-38")
    void case37_case38_a_text_is_sent_with_cr_lf_and_retransmitted_byte_for_byte() throws IOException {
        byte[] text = bytes("a".repeat(511), "\n", "b".repeat(509), "\r", "c\r");
        putUrl(text, server.url("file;mode=netascii"), "--no-options", "--timeout", "1");
        assertThat(request.bytes()).isEqualTo(bytes(0, 2, "file", 0, "netascii", 0));
        byte[] first = data(1, bytes("a".repeat(511), "\r"));
        byte[] second = data(2, bytes("\n", "b".repeat(509), "\r", 0));
        tid.send(ack(0));
        tid.expect(first);
        tid.expect(first);
        tid.send(ack(1));
        tid.expect(second);
        tid.expect(second);
        tid.send(ack(2));
        tid.expect(data(3, bytes("c\r", 0)));
        tid.send(ack(3));
        expectSuccess();
    }

    @Test
    @Tag("case-40")
    void case40_invalid_datagrams_are_ignored() throws IOException {
        putGranted(CONTENT, List.of("blksize"), "--blksize", "500", "--timeout", "5");
        expectBlocks(CONTENT, 500, 1, 1);
        tid.send(bytes());
        tid.send(bytes(0));
        tid.send(bytes(0, 4));
        tid.send(bytes(0, 4, 0));
        tid.send(bytes(0, 0, 0, 1));
        tid.send(bytes(0, 7, 0, 1));
        tid.send(data(1, pattern(500)));
        tid.expectSilence();
        acknowledgeInLockStep(500, 2, 5);
        expectSuccess();
    }

    @Test
    @Tag("case-42")
    void case42_an_ack_in_the_middle_of_a_window_starts_a_new_window_after_it_once() throws IOException {
        byte[] content = pattern(20 * 500 + 7);
        putGranted(
                content, List.of("blksize", "windowsize"), "--blksize", "500", "--windowsize", "4", "--timeout", "5");
        expectBlocks(content, 500, 1, 4);
        tid.send(ack(2));
        tid.send(ack(2));
        expectBlocks(content, 500, 3, 6);
        tid.expectSilence();
        for (int n = 6; n <= 18; n += 4) {
            tid.send(ack(n));
            expectBlocks(content, 500, n + 1, Math.min(21, n + 4));
        }
        tid.send(ack(21));
        expectSuccess();
    }

    @Test
    @Tag("case-46")
    void case46_a_window_whose_ack_is_lost_is_retransmitted_after_a_timeout() throws IOException {
        putGranted(
                CONTENT, List.of("blksize", "windowsize"), "--blksize", "500", "--windowsize", "4", "--timeout", "1");
        expectBlocks(CONTENT, 500, 1, 4);
        expectBlocks(CONTENT, 500, 1, 1);
        tid.send(ack(4));
        Datagram next = tid.next();
        while (next.number() != 5) {
            next = tid.next();
        }
        tid.send(ack(5));
        expectSuccess();
    }

    @Test
    @Tag("case-48")
    void case48_a_lower_granted_window_is_used() throws IOException {
        put(CONTENT, "--blksize", "500", "--windowsize", "4", "--timeout", "5");
        tid.send(oack("blksize", "500", "windowsize", "2"));
        expectBlocks(CONTENT, 500, 1, 2);
        tid.expectSilence();
        tid.send(ack(2));
        expectBlocks(CONTENT, 500, 3, 4);
        tid.send(ack(4));
        expectBlocks(CONTENT, 500, 5, 5);
        tid.send(ack(5));
        expectSuccess();
    }

    @Test
    void a_file_that_does_not_exist_is_a_failure_without_a_request() {
        client = tftp(folder, "put", "missing", server.url("file"));
        Run.Result result = client.await();
        assertThat(result.exit()).as(result.toString()).isIn(1, 2);
        assertThat(server.listener().pollUntilRest()).isEmpty();
    }

    @Test
    @Tag("case-35")
    void case35_an_error_0_in_place_of_the_last_ack_is_a_failure() throws IOException {
        put(pattern(1000), "--no-options");
        tid.send(ack(0));
        expectBlocks(pattern(1000), 512, 1, 1);
        tid.send(ack(1));
        expectBlocks(pattern(1000), 512, 2, 2);
        tid.send(error(0, "input/output error"));
        Run.Result result = client.await();
        assertThat(result.exit()).as(result.toString()).isEqualTo(1);
        assertThat(result.stderr()).contains("server: input/output error (error 0)");
    }

    @Test
    @Tag("case-14")
    void case14_blocks_of_which_not_one_was_acknowledged_are_not_probably_complete() throws IOException {
        putGranted(CONTENT, List.of("blksize", "windowsize"), "--timeout", "1", "--give-up", "3");
        Run.Result result = client.await(Duration.ofMinutes(2));
        assertThat(result.exit()).as(result.toString()).isEqualTo(1);
    }

    @Test
    void a_file_whose_size_the_system_does_not_know_is_sent_whole() {
        String url = server.url("file");
        client = tftp(folder, "put", "/proc/version", url, "--no-options", "--timeout", "5");
        tid = server.answerer(server.awaitRequest());
        tid.send(ack(0));
        assertThat(tid.next().bytes()).hasSizeGreaterThan(4);
    }
}
