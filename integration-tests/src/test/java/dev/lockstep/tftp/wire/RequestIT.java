package dev.lockstep.tftp.wire;

import static dev.lockstep.tftp.harness.Bytes.ack;
import static dev.lockstep.tftp.harness.Bytes.block;
import static dev.lockstep.tftp.harness.Bytes.bytes;
import static dev.lockstep.tftp.harness.Bytes.data;
import static dev.lockstep.tftp.harness.Bytes.pattern;
import static dev.lockstep.tftp.harness.Bytes.rrq;
import static dev.lockstep.tftp.harness.Bytes.wrq;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Daemon;
import dev.lockstep.tftp.harness.Datagram;
import dev.lockstep.tftp.harness.RawSocketPeer;
import dev.lockstep.tftp.harness.Run;
import dev.lockstep.tftp.harness.Tool;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests datagrams to the listening port, and the names that are served. The daemon still serves after each of them. */
@Timeout(60)
class RequestIT {
    private static final byte[] TARGET = pattern(700);
    private static final byte[] SECRET = bytes("the secret");

    @TempDir
    private static Path folder;

    private static Path root;
    private static Daemon daemon;
    private static Daemon readOnly;

    private final RawSocketPeer client = new RawSocketPeer();

    @BeforeAll
    static void serve() throws IOException {
        root = Files.createDirectory(folder.resolve("root"));
        Files.write(folder.resolve("secret"), SECRET);
        Files.createDirectory(folder.resolve("root-sibling"));
        Files.write(folder.resolve("root-sibling/secret"), SECRET);
        Files.createDirectories(root.resolve("sub/deep"));
        Files.write(root.resolve("target"), TARGET);
        Files.write(root.resolve("sub/inner"), pattern(10));
        Files.createSymbolicLink(root.resolve("link-out"), folder.resolve("secret"));
        Files.createSymbolicLink(root.resolve("link-folder"), folder);
        assertThat(Run.run("mkfifo", root.resolve("fifo").toString()).exit()).isZero();
        assertThat(Run.run("sh", "-c", "printf text > \"" + root + "/$(printf 'caf\\303\\251')\"")
                        .exit())
                .isZero();
        daemon = Daemon.servingWith(
                Map.of("LC_ALL", "C.UTF-8"), root, "--writable", "--overwrite", "--max-transfers-per-client", "500");
        readOnly = Daemon.servingWith(Map.of("LC_ALL", "C"), root);
    }

    @AfterAll
    static void stop() {
        try {
            daemon.close();
        } finally {
            readOnly.close();
        }
    }

    @AfterEach
    void close() {
        client.close();
        assertThat(daemon.fetch("target")).isEqualTo(TARGET);
    }

    private void ask(byte[] request) {
        client.ask(daemon.address(), request);
    }

    /** Expects a refusal from another port than the listening port. */
    private void expectRefusal(Integer... codes) {
        client.expectError(codes);
        assertThat(client.peer().getPort()).isNotEqualTo(daemon.port());
        client.expectSilence();
    }

    @ParameterizedTest
    @MethodSource("notRequests")
    @Tag("case-60")
    @Tag("case-P2")
    @Tag("case-P3")
    @Tag("case-P6")
    void case60_a_datagram_that_is_not_a_request_is_not_answered(byte[] datagram) {
        ask(datagram);
        client.expectSilence();
    }

    static Stream<byte[]> notRequests() {
        return Stream.of(
                bytes(),
                bytes(0),
                bytes(1),
                bytes(0, 0, 0),
                bytes(0, 0, "target", 0, "octet", 0),
                bytes(0, 3, 0, 1, "data"),
                bytes(0, 3, 0),
                bytes(0, 4, 0, 0),
                bytes(0, 4, 0, 1),
                bytes(0, 4),
                bytes(0, 5, 0, 0, "closed", 0),
                bytes(0, 5, 0, 1, "no NUL at the end"),
                bytes(0, 5, 0, 5, 0),
                bytes(0, 5),
                bytes(0, 6, "blksize", 0, "1428", 0),
                bytes(0, 7, "target", 0, "octet", 0),
                bytes(0, 99, 0, 0),
                bytes(1, 0, "target", 0, "octet", 0),
                bytes(1, 1, "target", 0, "octet", 0),
                bytes(255, 255),
                new byte[512],
                pattern(60_000));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @Tag("case-52")
    @Tag("case-P11")
    void case52_an_empty_name_is_refused(int opcode) {
        ask(bytes(0, opcode, 0, "octet", 0));
        expectRefusal(4, 1);
    }

    @ParameterizedTest
    @MethodSource("cutRequests")
    @Tag("case-53")
    @Tag("case-P3")
    void case53_a_request_without_a_whole_name_and_mode_is_error_4(byte[] request) {
        ask(request);
        expectRefusal(4);
    }

    static Stream<byte[]> cutRequests() {
        return IntStream.of(1, 2)
                .boxed()
                .flatMap(opcode -> Stream.of(
                        bytes(0, opcode),
                        bytes(0, opcode, "target"),
                        bytes(0, opcode, "target", 0),
                        bytes(0, opcode, "target", 0, 0),
                        bytes(0, opcode, "target", 0, "octet"),
                        bytes(0, opcode, 0),
                        bytes(0, opcode, 0, 0)));
    }

    @Test
    @Tag("case-53")
    @Tag("case-P3")
    void case53_a_name_without_a_value_is_dropped() {
        ask(bytes(0, 1, "target", 0, "octet", 0, "tsize", 0, "0", 0, "blksize", 0));
        client.expect(bytes(0, 6, "tsize", 0, "700", 0));
    }

    @Test
    @Tag("case-53")
    void case53_a_value_without_its_nul_is_dropped_with_its_name() {
        ask(bytes(0, 1, "target", 0, "octet", 0, "tsize", 0, "0", 0, "blksize", 0, "1024"));
        client.expect(bytes(0, 6, "tsize", 0, "700", 0));
    }

    @Test
    @Tag("case-53")
    void case53_a_lone_incomplete_option_brings_no_oack() {
        ask(bytes(0, 1, "target", 0, "octet", 0, "blksize"));
        client.expect(data(1, block(TARGET, 1, 512)));
    }

    @Test
    @Tag("case-54")
    void case54_a_request_of_512_bytes_is_served() {
        byte[] known = bytes(0, 1, "target", 0, "octet", 0, "tsize", 0, "0", 0, "padding", 0);
        ask(bytes(known, "p".repeat(511 - known.length), 0));
        client.expect(bytes(0, 6, "tsize", 0, "700", 0));
    }

    @ParameterizedTest
    @ValueSource(ints = {513, 600, 2048, 2049, 9000, 65_000})
    @Tag("case-54")
    void case54_a_longer_request_is_error_4(int length) {
        byte[] known = bytes(0, 1, "target", 0, "octet", 0, "tsize", 0, "0", 0, "padding", 0);
        ask(bytes(known, "p".repeat(length - 1 - known.length), 0));
        expectRefusal(4);
    }

    @Test
    @Tag("case-54")
    void case54_a_long_name_that_does_not_exist_is_refused() {
        ask(rrq("n".repeat(490)));
        expectRefusal(0, 1, 2, 4);
        ask(wrq("n".repeat(490)));
        expectRefusal(0, 1, 2, 3, 4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mail", "MAIL", "binary", "octets", "oct", "", "8bit", "octet "})
    @Tag("case-55")
    void case55_another_mode_is_error_4(String mode) {
        ask(bytes(0, 1, "target", 0, mode, 0));
        expectRefusal(4);
        ask(bytes(0, 2, "target", 0, mode, 0));
        expectRefusal(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"octet", "OCTET", "Octet", "netascii", "NETASCII", "NetAscii"})
    @Tag("case-55")
    void case55_modes_are_known_in_any_case(String mode) {
        ask(bytes(0, 1, "target", 0, mode, 0));
        assertThat(client.next().opcode()).isEqualTo(Datagram.DATA);
    }

    @Test
    @Tag("case-56")
    @Tag("case-P5")
    void case56_a_name_in_utf_8_is_found() {
        ask(bytes(0, 1, "caf", 0xC3, 0xA9, 0, "octet", 0));
        client.expect(data(1, bytes("text")));
    }

    @Test
    @Tag("case-56")
    void case56_a_name_in_latin_1_is_found() {
        ask(bytes(0, 1, "caf", 0xE9, 0, "octet", 0));
        client.expect(data(1, bytes("text")));
    }

    @Test
    @Tag("case-56")
    void case56_bytes_that_are_not_text_are_a_name_that_does_not_exist() {
        ask(bytes(0, 1, 0xFF, 0xFE, 0x80, 0xC3, 0x28, 0xED, 0xA0, 0x80, 0x07, 0x7F, 0, "octet", 0));
        expectRefusal(1, 2, 4);
    }

    @Test
    @Tag("case-56")
    @Tag("case-P5")
    void case56_in_the_c_locale_such_a_name_is_answered_too() {
        client.ask(readOnly.address(), bytes(0, 1, "caf", 0xC3, 0xA9, 0, "octet", 0));
        Datagram answer = client.next();
        assertThat(answer.opcode()).as(answer.toString()).isIn(Datagram.DATA, Datagram.ERROR);
        client.ask(readOnly.address(), bytes(0, 1, "caf", 0xE9, 0xFF, 0, "octet", 0));
        client.expectError(1, 2, 4);
        assertThat(readOnly.fetch("target")).isEqualTo(TARGET);
    }

    @ParameterizedTest
    @MethodSource("namesThatLeadOut")
    @Tag("case-57")
    @Tag("case-58")
    void case57_case58_no_name_leads_out_of_the_root(String name) {
        ask(rrq(name));
        expectRefusal(1, 2);
    }

    @ParameterizedTest
    @MethodSource("namesThatLeadOut")
    @Tag("case-57")
    @Tag("case-58")
    void case57_case58_nothing_is_written_outside_the_root(String name) throws IOException {
        Set<Path> before = filesInRoot();
        ask(wrq(name));
        Datagram answer = client.next();
        if (answer.opcode() == Datagram.ACK) { // an unusual name, but inside the root
            client.send(data(1, bytes("overwritten")));
            client.expect(ack(1));
        }
        for (Path file : filesInRoot()) {
            if (!before.contains(file)) {
                Files.delete(file);
            }
        }
        assertThat(folder.resolve("secret")).hasBinaryContent(SECRET);
        assertThat(folder.resolve("root-sibling/secret")).hasBinaryContent(SECRET);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("root", "root-sibling", "secret");
        }
    }

    private static Set<Path> filesInRoot() throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> !file.equals(root)).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    static Stream<String> namesThatLeadOut() {
        return Stream.of(
                "../secret",
                "/../secret",
                "sub/../../secret",
                "sub/deep/../../../secret",
                "./../secret",
                "..\\secret",
                "sub\\..\\..\\secret",
                "\\..\\secret",
                "/..",
                "..",
                "../root-sibling/secret",
                "..-sibling/secret",
                "-sibling/secret",
                folder + "/secret",
                "/" + folder + "/secret",
                "C:" + folder + "/secret",
                "C:\\secret",
                "\\\\localhost\\share\\secret",
                "//localhost/share/secret",
                "..%2fsecret",
                "%2e%2e/secret",
                "%2e%2e%2fsecret",
                "..;/secret",
                ".../secret",
                "....//secret",
                "link-out",
                "link-folder/secret",
                "link-folder/root-sibling/secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"con", "NUL", "target.", "target ", "target::$DATA", "Target", "target/x", "~/x"})
    @Tag("case-57")
    void case57_names_with_a_meaning_on_other_systems_are_names_that_do_not_exist(String name) {
        ask(rrq(name));
        expectRefusal(1, 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sub/../target", "sub/deep/../../target"})
    @Tag("case-57")
    void case57_two_dots_are_refused_even_where_they_stay_inside(String name) {
        ask(rrq(name));
        expectRefusal(1, 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/sub/inner", "sub/inner", "//sub//inner", "./sub/./inner", "\\sub\\inner", "sub\\inner"})
    @Tag("case-F6")
    void f06_a_leading_slash_is_the_root_and_backslashes_are_slashes(String name) {
        ask(rrq(name));
        client.expect(data(1, pattern(10)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sub", "sub/", "/", ".", "sub/deep", "fifo", "device", "socket"})
    @Tag("case-59")
    @Tag("case-P4")
    void case59_anything_but_a_regular_file_is_error_2(String name) throws IOException {
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            if (name.equals("socket")) {
                socket.bind(UnixDomainSocketAddress.of(root.resolve(name)));
            } else if (name.equals("device")) {
                Tool.needed(Tool.ROOT, "mknod");
                Run.Result made = Run.run("mknod", root.resolve(name).toString(), "c", "1", "5"); // like /dev/zero
                Tool.require(made.exit() == 0, "the right to make a device");
            }
            ask(rrq(name));
            expectRefusal(2);
            ask(wrq(name));
            expectRefusal(2);
        } finally {
            if (name.equals("socket") || name.equals("device")) {
                Files.deleteIfExists(root.resolve(name));
            }
        }
    }

    @Test
    @Tag("case-59")
    @Tag("case-P4")
    void case59_ten_requests_for_a_fifo_do_not_block_other_transfers() {
        for (int time = 0; time < 10; time++) {
            try (RawSocketPeer another = new RawSocketPeer()) {
                another.ask(daemon.address(), rrq("fifo"));
                another.expectError(2);
            }
        }
    }

    @Test
    @Tag("case-F6")
    void f06_names_that_do_not_exist_are_error_1_at_once_with_or_without_options() {
        for (int i = 0; i < 10; i++) {
            ask(rrq("/pxelinux.cfg/01-52-54-00-12-34-5" + i, "tsize", "0", "blksize", "1408"));
            Datagram error = client.expectError(1);
            assertThat(error.text()).isNotEmpty();
            assertThat(error.bytes()).endsWith(0);
        }
    }

    @Test
    void uploads_are_refused_unless_allowed() {
        client.ask(readOnly.address(), wrq("new"));
        client.expectError(2);
        assertThat(root.resolve("new")).doesNotExist();
    }

    @Test
    void an_existing_file_is_not_replaced_unless_allowed() {
        try (Daemon keeping = Daemon.serving(root, "--writable")) {
            client.ask(keeping.address(), wrq("target"));
            client.expectError(6);
            client.ask(keeping.address(), wrq("sub/fresh", "timeout", "255"));
            client.expectOack();
            client.upload(TARGET, 512, 1);
            assertThat(root.resolve("sub/fresh")).hasBinaryContent(TARGET);
            assertThat(root.resolve("target")).hasBinaryContent(TARGET);
        }
    }

    @Test
    void an_upload_into_a_folder_that_does_not_exist_is_refused() {
        ask(wrq("no-such-folder/file"));
        expectRefusal(1, 2);
        assertThat(root.resolve("no-such-folder")).doesNotExist();
    }

    @Test
    @Tag("case-P3")
    void every_truncation_of_a_valid_request_is_survived() {
        byte[] whole = rrq("target", "blksize", "1024", "windowsize", "4", "tsize", "0", "timeout", "5");
        for (int length = 0; length <= whole.length; length++) {
            try (RawSocketPeer peer = new RawSocketPeer()) {
                peer.ask(daemon.address(), java.util.Arrays.copyOf(whole, length));
                if (length >= 2) {
                    assertThat(peer.next().opcode()).isIn(Datagram.ERROR, Datagram.DATA, Datagram.OACK);
                }
            }
        }
    }

    @Test
    @Tag("case-P3")
    void every_byte_of_a_valid_request_may_have_any_value() {
        byte[] whole = rrq("target", "blksize", "1024", "tsize", "0");
        for (int at = 0; at < whole.length; at++) {
            for (int value : new int[] {0, 1, 2, 9, 0x2F, 0x5C, 0x7F, 0x80, 0xFF}) {
                byte[] changed = whole.clone();
                changed[at] = (byte) value;
                try (RawSocketPeer peer = new RawSocketPeer()) {
                    peer.ask(daemon.address(), changed);
                }
            }
        }
        ask(bytes(0, 1, "target", 0, "octet", 0));
        client.expect(data(1, block(TARGET, 1, 512)));
        client.send(ack(1));
        client.next();
    }

    @Test
    void a_client_cannot_forge_lines_of_the_log() {
        try (RawSocketPeer client = new RawSocketPeer()) {
            client.ask(daemon.address(), bytes(0, 1, "file", 0, "x\nFORGED a line of its own", 0));
            client.expectError(4);
        }
        daemon.awaitLine("the refusal", line -> line.contains("FORGED"));
        assertThat(daemon.printed().lines()).noneMatch(line -> line.startsWith("FORGED"));
    }
}
