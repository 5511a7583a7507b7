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
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests downloads of the client from a scripted server. */
@Timeout(180)
class ClientGetIT {
    private static final byte[] CONTENT = pattern(4 * 512 + 192);
    private static final byte[] OLD = bytes("what was there before");

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

    /** Starts a get of {@code file} into {@code out} and receives its request. */
    private void get(String... flags) {
        getUrl(server.url("file"), flags);
    }

    private void getUrl(String url, String... flags) {
        List<String> arguments =
                new ArrayList<>(List.of("get", url, "-o", folder.resolve("out").toString()));
        arguments.addAll(List.of(flags));
        if (!arguments.contains("--timeout")) {
            arguments.addAll(List.of("--timeout", "5")); // rules out retransmissions
        }
        client = InProcess.tftp(arguments.toArray(String[]::new));
        request = server.awaitRequest();
        tid = server.answerer(request);
    }

    /** Starts a get and grants these of its options. */
    private void getGranted(List<String> granted, String... flags) {
        get(flags);
        assertThat(request.options()).as(request.toString()).containsKeys(granted.toArray(String[]::new));
        tid.send(request.granting(granted.toArray(String[]::new)));
        tid.expect(ack(0));
    }

    private void sendBlock(long number, int blksize) {
        tid.send(data(number, block(CONTENT, number, blksize)));
    }

    private void sendInLockStep(int from, int to, int blksize) {
        for (int n = from; n <= to; n++) {
            sendBlock(n, blksize);
            tid.expect(ack(n));
        }
    }

    private void expectSuccess(byte[] content) throws IOException {
        Run.Result result = client.await();
        assertThat(result.exit()).as(result.toString()).isZero();
        assertThat(Files.readAllBytes(folder.resolve("out"))).isEqualTo(content);
        expectOnlyFile("out");
    }

    /** Asserts exit status 1, one line that begins with {@code tftp:}, and no new file. */
    private Run.Result expectFailure() throws IOException {
        Run.Result result = client.await();
        assertThat(result.exit()).as(result.toString()).isEqualTo(1);
        assertThat(result.stderr()).as(result.toString()).startsWith("tftp: ");
        assertThat(result.stderr().lines()).hasSize(1);
        expectOnlyFile();
        return result;
    }

    private void expectOnlyFile(String... names) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactly(names);
        }
    }

    @Test
    void a_get_without_options_is_a_plain_request() throws IOException {
        get("--no-options");
        assertThat(request.bytes()).isEqualTo(bytes(0, 1, "file", 0, "octet", 0));
        sendInLockStep(1, 5, 512);
        expectSuccess(CONTENT);
    }

    @Test
    void a_get_requests_the_options_of_its_flags() throws IOException {
        getGranted(List.of("blksize", "windowsize"), "--blksize", "1024", "--windowsize", "2");
        assertThat(request.options()).containsEntry("blksize", "1024").containsEntry("windowsize", "2");
        sendBlock(1, 1024);
        sendBlock(2, 1024);
        tid.expect(ack(2));
        sendBlock(3, 1024);
        tid.expect(ack(3));
        expectSuccess(CONTENT);
    }

    @Test
    void a_get_streams_to_standard_output() {
        client = tftp(folder, "get", server.url("file"), "-o", "-", "--no-options");
        request = server.awaitRequest();
        tid = server.answerer(request);
        sendInLockStep(1, 5, 512);
        Run.Result result = client.await();
        assertThat(result.exit()).as(result.stderr()).isZero();
        assertThat(result.stdout()).isEqualTo(CONTENT);
    }

    @Test
    @Tag("case-3")
    void case03_data_from_an_unknown_tid_is_answered_with_error_5_and_not_accepted() throws IOException {
        getGranted(List.of("blksize"), "--blksize", "500", "--timeout", "5");
        sendInLockStep(1, 1, 500);
        RawSocketPeer other = server.answerer(request);
        other.send(data(2, bytes("x".repeat(500))));
        other.expectError(5);
        other.send(ack(1));
        tid.expectSilence();
        sendInLockStep(2, 5, 500);
        expectSuccess(CONTENT);
    }

    @Test
    @Tag("case-4")
    void case04_an_error_from_an_unknown_tid_is_ignored_and_not_answered() throws IOException {
        getGranted(List.of("blksize"), "--blksize", "500", "--timeout", "5");
        sendInLockStep(1, 1, 500);
        RawSocketPeer other = server.answerer(request);
        other.send(error(1, "spoofed"));
        other.send(error(0, "spoofed"));
        other.expectSilence();
        try (RawSocketPeer otherHost = new RawSocketPeer("127.0.0.2")) {
            otherHost.sendTo(request.from(), error(0, "spoofed"));
            otherHost.expectSilence();
        }
        sendInLockStep(2, 5, 500);
        expectSuccess(CONTENT);
    }

    @Test
    @Tag("case-3")
    @Tag("case-62")
    void case03_case62_a_reply_from_another_address_than_the_servers_is_not_accepted() throws IOException {
        get("--no-options", "--timeout", "5");
        try (RawSocketPeer elsewhere = new RawSocketPeer("127.0.0.2")) {
            elsewhere.sendTo(request.from(), data(1, bytes("not the server's")));
            elsewhere
                    .pollUntilRest()
                    .ifPresent(answer ->
                            assertThat(answer.opcode()).as(answer.toString()).isEqualTo(Datagram.ERROR));
        }
        sendInLockStep(1, 5, 512);
        expectSuccess(CONTENT);
    }

    @Test
    @Tag("case-1")
    void case01_of_two_replies_to_one_request_the_second_gets_error_5() throws IOException {
        get("--no-options", "--timeout", "5");
        RawSocketPeer second = server.answerer(request);
        sendInLockStep(1, 1, 512);
        second.send(data(1, block(CONTENT, 1, 512)));
        second.expectError(5);
        sendInLockStep(2, 5, 512);
        expectSuccess(CONTENT);
    }

    @Test
    @Tag("case-6")
    void case06_a_repeated_block_is_acknowledged_again_and_written_once() throws IOException {
        getGranted(List.of("blksize"), "--blksize", "500", "--timeout", "5");
        sendInLockStep(1, 2, 500);
        sendBlock(2, 500);
        tid.expect(ack(2));
        sendInLockStep(3, 5, 500);
        expectSuccess(CONTENT);
    }

    @Test
    @Tag("case-9")
    void case09_the_block_number_rolls_over_to_0_in_lock_step() throws IOException {
        byte[] content = pattern(65_600 * 8 + 3);
        getGranted(List.of("blksize"), "--blksize", "8");
        for (long n = 1; n <= 65_601; n++) {
            tid.send(data(n, block(content, n, 8)));
            tid.expect(ack(n));
        }
        expectSuccess(content);
    }

    @Test
    @Tag("case-10")
    void case10_a_gap_at_the_roll_over_is_reported_by_an_ack_of_the_last_block_before_it() throws IOException {
        byte[] content = pattern(65_600 * 8 + 3);
        getGranted(List.of("blksize", "windowsize"), "--blksize", "8", "--windowsize", "10");
        for (long n = 1; n <= 65_531; n++) {
            tid.send(data(n, block(content, n, 8)));
            if (n % 10 == 0) {
                tid.expect(ack(n));
            }
        }
        tid.send(data(65_536, block(content, 65_536, 8))); // the block with number 0: four are missing
        tid.expect(ack(65_531));
        for (long n = 65_532; n <= 65_601; n++) {
            tid.send(data(n, block(content, n, 8)));
            if ((n - 65_531) % 10 == 0) {
                tid.expect(ack(n));
            }
        }
        expectSuccess(content);
    }

    @Test
    @Tag("case-11")
    void case11_an_empty_file_announced_with_size_0_is_stored_as_an_empty_file() throws IOException {
        get();
        if (request.options().containsKey("tsize")) {
            tid.send(oack("tsize", "0"));
            tid.expect(ack(0));
        }
        tid.send(bytes(0, 3, 0, 1));
        tid.expect(ack(1));
        expectSuccess(new byte[0]);
    }

    @Test
    @Tag("case-12")
    void case12_a_multiple_of_the_block_size_is_not_complete_before_the_empty_block() throws IOException {
        getGranted(List.of("blksize"), "--blksize", "1024", "--timeout", "5");
        sendInLockStep(1, 2, 1024);
        tid.expectSilence();
        assertThat(folder.resolve("out")).doesNotExist();
        tid.send(data(3, new byte[0]));
        tid.expect(ack(3));
        expectSuccess(pattern(2048));
    }

    @Test
    @Tag("case-13")
    void case13_after_loss_a_retransmitted_last_block_is_acknowledged_again() throws IOException {
        getGranted(List.of("blksize"), "--blksize", "500");
        sendInLockStep(1, 4, 500);
        sendBlock(4, 500); // as if its ACK was lost: the command will dally
        tid.expect(ack(4));
        sendInLockStep(5, 5, 500);
        sendBlock(5, 500);
        tid.expect(ack(5));
        expectSuccess(CONTENT);
    }

    @Test
    @Tag("case-15")
    void case15_a_request_without_a_reply_is_retransmitted_byte_for_byte() throws IOException {
        get("--timeout", "1");
        Datagram again = server.awaitRequest();
        assertThat(again.bytes()).isEqualTo(request.bytes());
        assertThat(again.from()).isEqualTo(request.from());
        sendInLockStep(1, 5, 512);
        expectSuccess(CONTENT);
    }

    @Test
    @Tag("case-15")
    void case15_the_last_ack_is_retransmitted_when_the_server_is_silent() throws IOException {
        getGranted(List.of("blksize"), "--blksize", "500", "--timeout", "1");
        tid.expect(ack(0));
        sendInLockStep(1, 1, 500);
        tid.expect(ack(1));
        sendInLockStep(2, 5, 500);
        expectSuccess(CONTENT);
    }

    @Test
    @Tag("case-17")
    void case17_a_repeated_oack_is_acknowledged_again_and_after_data_1_with_ack_1() throws IOException {
        getGranted(List.of("blksize"), "--blksize", "500", "--timeout", "5");
        tid.send(request.granting("blksize"));
        tid.expect(ack(0));
        sendInLockStep(1, 1, 500);
        tid.send(request.granting("blksize"));
        tid.expect(ack(1));
        sendInLockStep(2, 5, 500);
        expectSuccess(CONTENT);
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 4})
    @Tag("case-20")
    void case20_a_server_that_refuses_the_options_is_asked_again_without(int code) throws IOException {
        get("--blksize", "1024");
        assertThat(request.options()).isNotEmpty();
        tid.send(error(code, "no options please"));
        request = server.awaitRequest();
        assertThat(request.bytes()).isEqualTo(bytes(0, 1, "file", 0, "octet", 0));
        tid = server.answerer(request);
        sendInLockStep(1, 5, 512);
        expectSuccess(CONTENT);
    }

    @Test
    @Tag("case-20")
    void case20_a_server_that_refuses_twice_is_not_asked_a_third_time() throws IOException {
        get("--blksize", "1024");
        tid.send(error(8, "no options please"));
        server.answerer(server.awaitRequest()).send(error(8, "and no files either"));
        assertThat(expectFailure().stderr()).contains("8").contains("and no files either");
        assertThat(server.listener().pollUntilRest()).isEmpty();
    }

    @Test
    @Tag("case-20")
    void case20_any_other_error_is_final() throws IOException {
        get("--blksize", "1024");
        tid.send(error(1, "no such thing"));
        assertThat(expectFailure().stderr())
                .isEqualTo("tftp: " + server.url("file") + ": server: no such thing (error 1)\n");
        assertThat(server.listener().pollUntilRest()).isEmpty();
        tid.expectSilence();
    }

    @Test
    @Tag("case-21")
    void case21_a_server_that_ignores_the_options_is_read_with_512_and_no_window() throws IOException {
        get("--blksize", "1024", "--windowsize", "4");
        sendInLockStep(1, 5, 512);
        expectSuccess(CONTENT);
    }

    @Test
    @Tag("case-21")
    void case21_a_server_that_grants_the_size_only_is_read_with_512_and_no_window() throws IOException {
        get("--blksize", "1024", "--windowsize", "4");
        if (request.options().containsKey("tsize")) {
            tid.send(oack("tsize", Integer.toString(CONTENT.length)));
            tid.expect(ack(0));
        }
        sendInLockStep(1, 5, 512);
        expectSuccess(CONTENT);
    }

    @Test
    @Tag("case-22")
    void case22_a_smaller_block_size_and_window_are_accepted() throws IOException {
        get("--blksize", "1024", "--windowsize", "4");
        tid.send(oack("blksize", "600", "windowsize", "2"));
        tid.expect(ack(0));
        sendBlock(1, 600);
        sendBlock(2, 600);
        tid.expect(ack(2));
        sendBlock(3, 600);
        sendBlock(4, 600);
        tid.expect(ack(4));
        expectSuccess(CONTENT);
    }

    @ParameterizedTest
    @MethodSource("wrongAnswers")
    @Tag("case-22")
    @Tag("case-67")
    void case22_case67_an_answer_that_was_not_asked_for_is_error_8(byte[] answer) throws IOException {
        get("--blksize", "1024", "--windowsize", "4");
        tid.send(answer);
        tid.expectError(8);
        expectFailure();
        tid.expectSilence();
    }

    static Stream<byte[]> wrongAnswers() {
        return Stream.of(
                oack("x-thing", "1"),
                oack("blksize", "1024", "multicast", "224.1.2.3,1758,1"),
                oack("blksize", "1025"),
                oack("blksize", "65464"),
                oack("blksize", "99999999999"),
                oack("blksize", "-1"),
                oack("blksize", ""),
                oack("blksize", "abc"),
                oack("blksize", "7"),
                oack("blksize", "0"),
                oack("windowsize", "5"),
                oack("windowsize", "0"),
                oack("windowsize", "x"),
                oack("blksize", "1024", "windowsize", "65535"),
                oack("timeout", "200"),
                oack("rollover", "1"));
    }

    @Test
    @Tag("case-22")
    void case22_any_oack_to_a_request_without_options_is_error_8() throws IOException {
        get("--no-options");
        tid.send(oack("blksize", "512"));
        tid.expectError(8);
        expectFailure();
    }

    @Test
    @Tag("case-24")
    void case24_an_option_echoed_in_another_case_is_the_same_option() throws IOException {
        get("--blksize", "1024");
        tid.send(oack("BlkSize", "1024"));
        tid.expect(ack(0));
        sendInLockStep(1, 3, 1024);
        expectSuccess(CONTENT);
    }

    @Test
    @Tag("case-37")
    void case37_a_text_is_stored_with_bare_line_ends_wherever_its_blocks_are_cut() throws IOException {
        getUrl(server.url("file;mode=netascii"), "--no-options");
        assertThat(request.bytes()).isEqualTo(bytes(0, 1, "file", 0, "netascii", 0));
        tid.send(data(1, bytes("a".repeat(511), "\r")));
        tid.expect(ack(1));
        tid.send(data(2, bytes("\n", "b".repeat(510), "\r")));
        tid.expect(ack(2));
        tid.send(data(3, bytes(0, "end\r\n")));
        tid.expect(ack(3));
        expectSuccess(bytes("a".repeat(511), "\n", "b".repeat(510), "\rend\n"));
    }

    @Test
    @Tag("case-39")
    void case39_data_longer_than_agreed_is_error_4_and_nothing_is_kept() throws IOException {
        getGranted(List.of("blksize"), "--blksize", "500");
        sendInLockStep(1, 1, 500);
        tid.send(data(2, pattern(501)));
        tid.expectError(4);
        expectFailure();
    }

    @Test
    @Tag("case-21")
    @Tag("case-39")
    void case39_case21_data_1_longer_than_512_without_an_oack_is_error_4() throws IOException {
        get("--blksize", "1024");
        tid.send(data(1, pattern(1024)));
        tid.expectError(4);
        expectFailure();
    }

    @Test
    @Tag("case-40")
    void case40_invalid_datagrams_are_ignored() throws IOException {
        getGranted(List.of("blksize"), "--blksize", "500", "--timeout", "5");
        sendInLockStep(1, 1, 500);
        tid.send(bytes());
        tid.send(bytes(0));
        tid.send(bytes(0, 3, 0));
        tid.send(bytes(0, 0, 0, 2));
        tid.send(bytes(0, 7, 0, 2));
        tid.send(ack(1));
        tid.send(bytes(0, 1, "file", 0, "octet", 0));
        tid.expectSilence();
        sendInLockStep(2, 5, 500);
        expectSuccess(CONTENT);
    }

    @Test
    @Tag("case-43")
    void case43_a_gap_is_reported_once_by_an_ack_of_the_last_block_before_it() throws IOException {
        getGranted(List.of("blksize", "windowsize"), "--blksize", "500", "--windowsize", "4", "--timeout", "5");
        sendBlock(1, 500);
        sendBlock(3, 500);
        tid.expect(ack(1));
        sendBlock(4, 500);
        tid.expectSilence();
        for (int n = 2; n <= 5; n++) {
            sendBlock(n, 500);
        }
        tid.expect(ack(5));
        expectSuccess(CONTENT);
    }

    @Test
    @Tag("case-44")
    void case44_of_a_retransmitted_window_only_the_last_block_is_acknowledged() throws IOException {
        getGranted(List.of("blksize", "windowsize"), "--blksize", "500", "--windowsize", "4", "--timeout", "5");
        for (int n = 1; n <= 4; n++) {
            sendBlock(n, 500);
        }
        tid.expect(ack(4));
        for (int n = 1; n <= 3; n++) {
            sendBlock(n, 500);
        }
        tid.expectSilence();
        sendBlock(4, 500);
        tid.expect(ack(4));
        sendBlock(5, 500);
        tid.expect(ack(5));
        expectSuccess(CONTENT);
    }

    @Test
    @Tag("case-46")
    void case46_a_window_whose_last_block_is_lost_is_acknowledged_after_a_timeout() throws IOException {
        getGranted(List.of("blksize", "windowsize"), "--blksize", "500", "--windowsize", "4", "--timeout", "1");
        for (int n = 1; n <= 3; n++) {
            sendBlock(n, 500);
        }
        tid.expect(ack(3));
        sendBlock(4, 500);
        sendBlock(5, 500);
        tid.expect(ack(5));
        expectSuccess(CONTENT);
    }

    @Test
    @Tag("case-60")
    void case60_an_errors_text_needs_no_nul_and_is_not_answered() throws IOException {
        getGranted(List.of("blksize"), "--blksize", "500");
        sendInLockStep(1, 1, 500);
        tid.send(bytes(0, 5, 0, 99, "an invented code"));
        assertThat(expectFailure().stderr()).contains("99").contains("an invented code");
        tid.expectSilence();
    }

    @Test
    @Tag("case-60")
    void case60_the_text_of_an_error_does_not_reach_the_terminal_raw() throws IOException {
        get("--no-options");
        tid.send(error(0, "line\n\u001b[31mred"));
        assertThat(expectFailure().stderr()).doesNotContain("\u001b");
    }

    @Test
    @Tag("case-68")
    void case68_where_blksize_8_is_not_granted_512_holds_from_the_first_block() throws IOException {
        get("--blksize", "8");
        sendInLockStep(1, 5, 512);
        expectSuccess(CONTENT);
    }

    @Test
    void after_an_error_midway_the_target_is_as_it_was() throws IOException {
        Files.write(folder.resolve("out"), OLD);
        getGranted(List.of("blksize"), "--blksize", "500");
        sendInLockStep(1, 4, 500);
        tid.send(error(0, "the disk went away"));
        assertThat(client.await().exit()).isEqualTo(1);
        assertThat(folder.resolve("out")).hasBinaryContent(OLD);
        expectOnlyFile("out");
    }

    @Test
    @Tag("case-49")
    void case49_a_server_that_dies_midway_ends_the_get_and_the_target_is_as_it_was() throws IOException {
        Files.write(folder.resolve("out"), OLD);
        getGranted(List.of("blksize"), "--blksize", "500", "--timeout", "1", "--give-up", "3");
        sendInLockStep(1, 2, 500);
        Run.Result result = client.await(Duration.ofMinutes(2));
        assertThat(result.exit()).as(result.toString()).isEqualTo(1);
        assertThat(result.stderr()).startsWith("tftp: ");
        assertThat(folder.resolve("out")).hasBinaryContent(OLD);
        expectOnlyFile("out");
    }

    @Test
    @Tag("case-50")
    void case50_a_host_without_a_server_fails() throws IOException {
        try (RawSocketPeer nobody = new RawSocketPeer()) {
            int port = nobody.port();
            nobody.vanish();
            client = InProcess.tftp(
                    "get",
                    "tftp://127.0.0.1:" + port + "/file",
                    "-o",
                    folder.resolve("out").toString(),
                    "--timeout",
                    "1",
                    "--give-up",
                    "3");
            expectFailure();
        }
    }

    @Test
    @Tag("case-54")
    void case54_no_request_is_longer_than_512_bytes() {
        String out = folder.resolve("out").toString();
        client = InProcess.tftp("get", server.url("n".repeat(600)), "-o", out, "--timeout", "1", "--give-up", "2");
        Run.Result result = client.await();
        assertThat(result.exit()).as(result.toString()).isIn(1, 2);
        server.listener()
                .pollUntilRest()
                .ifPresent(sent -> assertThat(sent.bytes()).hasSizeLessThanOrEqualTo(512));
    }

    @Test
    void a_wrong_command_line_is_exit_2() {
        client = tftp(folder, "get", "--no-such-flag", "x");
        assertThat(client.await().exit()).isEqualTo(2);
        client = InProcess.tftp("get", server.url("file"), "--blksize", "many");
        assertThat(client.await().exit()).isEqualTo(2);
        assertThat(server.listener().pollUntilRest()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"-o -, tftp: URL: standard output", "--json, tftp: standard output"})
    void a_full_device_on_standard_output_fails_the_get(String flags, String message) {
        client = Run.start(
                folder,
                Map.of(),
                List.of(
                        "bash",
                        "-c",
                        "exec \"$0\" \"$@\" " + flags + " > /dev/full",
                        Path.of(System.getProperty("user.dir"))
                                .resolveSibling("client/bin/tftp")
                                .toString(),
                        "get",
                        server.url("file"),
                        "--no-options"));
        request = server.awaitRequest();
        tid = server.answerer(request);
        tid.send(data(1, bytes("short")));
        Run.Result result = client.await();
        assertThat(result.exit()).as(result.toString()).isEqualTo(1);
        assertThat(result.stderr())
                .startsWith(message.replace("URL", server.url("file")) + ": no space left")
                .hasLineCount(1);
    }

    @Test
    void a_closed_pipe_on_standard_output_ends_the_get_without_a_message() {
        client = Run.start(
                folder,
                Map.of(),
                List.of(
                        "bash",
                        "-c",
                        "\"$0\" \"$@\" | true; exit ${PIPESTATUS[0]}",
                        Path.of(System.getProperty("user.dir"))
                                .resolveSibling("client/bin/tftp")
                                .toString(),
                        "get",
                        server.url("file"),
                        "-o",
                        "-",
                        "--windowsize",
                        "1",
                        "--blksize",
                        "60000"));
        request = server.awaitRequest();
        tid = server.answerer(request);
        tid.send(oack("blksize", "60000"));
        tid.expect(ack(0));
        tid.send(data(1, new byte[60_000]));
        tid.expect(ack(1));
        tid.send(data(2, new byte[60_000])); // both blocks exceed the buffer of the pipe
        tid.awaitError(0);
        Run.Result result = client.await();
        assertThat(result.exit()).as(result.toString()).isEqualTo(1);
        assertThat(result.stderr()).isEmpty();
    }
}
