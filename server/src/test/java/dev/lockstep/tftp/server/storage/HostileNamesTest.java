package dev.lockstep.tftp.server.storage;

import static dev.lockstep.tftp.testing.Requests.rrq;
import static dev.lockstep.tftp.testing.Requests.wrq;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tftp.codec.MalformedMessageException;
import dev.lockstep.tftp.codec.TftpCodec;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.io.Sink;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Names that lead out of a folder on some system, as bytes on the wire. Here they have no special meaning: such a file
 * does not exist, and an upload is refused or creates a file of exactly that name in the root.
 */
class HostileNamesTest {
    private static final InetSocketAddress PEER = new InetSocketAddress("127.0.0.1", 2000);

    @TempDir
    Path outer;

    private Path root;
    private DirectoryStorage storage;
    private Map<String, String> outside;

    @BeforeEach
    void folders() throws IOException {
        root = Files.createDirectory(outer.resolve("root"));
        Files.createDirectories(root.resolve("sub/deep"));
        Files.writeString(root.resolve("file.txt"), "content");
        Files.writeString(outer.resolve("secret"), "SECRET");
        Files.createDirectory(outer.resolve("root-secret"));
        Files.writeString(outer.resolve("root-secret/file.txt"), "SECRET");
        Files.createSymbolicLink(root.resolve("out"), Path.of(".."));
        storage = DirectoryStorage.at(root, WriteRules.ANY_FILE);
        outside = content(file -> !file.startsWith(root));
    }

    @AfterEach
    void assert_nothing_outside_has_changed() throws IOException {
        assertThat(content(file -> !file.startsWith(root))).isEqualTo(outside);
        assertThat(root.resolve("file.txt")).hasContent("content");
    }

    private Map<String, String> content(Predicate<Path> which) throws IOException {
        Map<String, String> content = new TreeMap<>();
        try (Stream<Path> files = Files.walk(outer)) {
            for (Path file : files.filter(which).toList()) {
                content.put(file.toString(), Files.isRegularFile(file) ? Files.readString(file) : "");
            }
        }
        return content;
    }

    /** Returns the name that a request with these bytes has. */
    private static String onTheWire(byte[] name) throws MalformedMessageException {
        ByteBuf datagram = Unpooled.buffer().writeShort(1).writeBytes(name);
        datagram.writeByte(0).writeBytes("octet".getBytes(ISO_8859_1)).writeByte(0);
        return ((Request) TftpCodec.decode(datagram)).filename();
    }

    /** Uses the name in every kind of request. */
    private void assertLeadsNowhere(String name) throws IOException {
        assertRefused(() -> storage.read(rrq(name), PEER).close());
        assertRefused(() -> storage.below("sub").read(rrq(name), PEER).close());
        assertRefused(() -> storage.below(name).read(rrq("secret"), PEER).close());
        assertRefused(() -> storage.below(name).read(rrq("file.txt"), PEER).close());
        Map<String, String> before = content(file -> true);
        try (Sink sink = storage.write(wrq(name), PEER)) {
            sink.write(ByteBuffer.wrap("new".getBytes(ISO_8859_1)));
            sink.commit();
        } catch (TftpException refusal) {
            assertThat(refusal.code()).isIn(1, 2);
            assertThat(content(file -> true)).isEqualTo(before);
            return;
        }
        Map<String, String> after = content(file -> true);
        after.keySet().removeAll(before.keySet());
        assertThat(after).hasSize(1).containsValue("new");
        assertThat(Path.of(after.keySet().iterator().next()).getParent()).isEqualTo(root);
    }

    private interface Use {
        void run() throws IOException;
    }

    private static void assertRefused(Use use) {
        assertThatThrownBy(use::run).isInstanceOfSatisfying(TftpException.class, refusal -> {
            assertThat(refusal.code()).isIn(1, 2);
            assertThat(refusal.getMessage()).doesNotContain("junit");
        });
    }

    /** Names with characters that other programs interpret as a dot, a slash, a backslash or a colon. */
    static Stream<String> lookAlikes() {
        Stream<String> dots = Stream.of("\uff0e", "\u2024", "\u3002", "\ufe52", "\u00b7", "\u0701", "\ua4f8");
        Stream<String> twoDots = Stream.of("\u2025", ".\u200b.", "\u202e..", ".\u0338.", "..\u0301");
        Stream<String> slashes = Stream.of(
                "\u2215", "\u2044", "\uff0f", "\u29f8", "\u2571", "\uff3c", "\u29f5", "\u29f9", "\u2216", "\ufe68");
        return Stream.of(
                        dots.flatMap(dot -> Stream.of(dot + dot + "/secret", dot + dot, "." + dot + "/secret")),
                        twoDots.flatMap(two -> Stream.of(two + "/secret", two)),
                        slashes.flatMap(slash -> Stream.of(
                                ".." + slash + "secret",
                                slash + ".." + slash + "secret",
                                "sub" + slash + ".." + slash)),
                        Stream.of(
                                "c\uff1a/secret",
                                "\uff43:\\secret",
                                "\u212a:/secret",
                                "file\u2024txt",
                                "\ufeff../secret",
                                "\u2028../secret",
                                "file.txt\u00a0",
                                "\ufb01le.txt"))
                .flatMap(all -> all);
    }

    @ParameterizedTest
    @MethodSource("lookAlikes")
    @Tag("case-57")
    void case57_characters_that_look_like_a_dot_or_a_slash_are_neither(String name) throws Exception {
        assertThat(onTheWire(name.getBytes(UTF_8))).isEqualTo(name);
        assertLeadsNowhere(name);
    }

    /** Names of one byte for each character. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                // overlong . and / in two, three and four bytes, and of both kinds in one name
                "\u00c0\u00ae\u00c0\u00ae/secret",
                "\u00c0\u00ae./secret",
                "..\u00c0\u00afsecret",
                "..\u00c1\u009csecret",
                "\u00e0\u0080\u00ae\u00e0\u0080\u00ae/secret",
                "..\u00e0\u0080\u00afsecret",
                "\u00f0\u0080\u0080\u00ae\u00f0\u0080\u0080\u00ae\u00f0\u0080\u0080\u00afsecret",
                "\u00f8\u0080\u0080\u0080\u00ae./secret",
                "..\u00fc\u0080\u0080\u0080\u0080\u00afsecret",
                "\u00c0\u00ae\u00c0\u00ae\u00c0\u00afsecret",
                // overlong NUL, cut sequences, stray continuations, surrogates, beyond Unicode, UTF-16, UTF-7
                "file.txt\u00c0\u0080",
                "..\u00c0",
                "\u00e2\u0088/secret",
                "..\u0080/secret",
                "\u00ed\u00a0\u00ae\u00ed\u00b0\u00ae/secret",
                "\u00f4\u0090\u0080\u0080/secret",
                "\u00ff\u00fe../secret",
                "+AC4ALg-/secret",
            })
    @Tag("case-56")
    @Tag("case-57")
    void case56_case57_invalid_encodings_of_dots_and_slashes_lead_nowhere(String name) throws Exception {
        assertLeadsNowhere(onTheWire(name.getBytes(ISO_8859_1)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // decoded twice, in 16 bits, broken, with the encodings of other protocols
                "%252e%252e%252fsecret",
                "%u002e%u002e%u2215secret",
                "%c0%ae%c0%ae/secret",
                "%00",
                "file.txt%00.jpg",
                "%2",
                "&#46;&#46;/secret",
                "\\u002e\\u002e/secret",
                "=2E=2E/secret",
                // drives, UNC and special names of Windows and NTFS
                "/C:/secret",
                "c:",
                "Z:..\\secret",
                "\\\\?\\C:\\secret",
                "\\\\.\\PhysicalDrive0",
                "//127.0.0.1/c$/secret",
                "\\\\127.0.0.1\\root-secret\\file.txt",
                "\\??\\C:\\secret",
                "file.txt::$DATA",
                "file.txt:stream",
                "sub::$INDEX_ALLOCATION/x",
                "FILE~1.TXT",
                // devices
                "aux",
                "PRN.txt",
                "com1",
                "LPT1.",
                "CONIN$",
                "dev/null",
                "/proc/self/root/etc/passwd",
                "/dev/fd/0",
                // trailing dots and spaces
                "file.txt ",
                "file.txt. .",
                " file.txt",
                "\tfile.txt",
                "... /secret",
                ".. /secret",
                " ../secret",
                "..\r/secret",
                ".../.../secret",
                "....//secret",
                "..././secret",
                // names that a shell, a URL or a printf would expand
                "~/secret",
                "~root/secret",
                "$HOME",
                "`id`",
                "$(id)",
                "file:///etc/passwd",
                "tftp://127.0.0.1/file.txt",
                "%s%n%x",
                "|id",
                "*",
                "file.tx?",
                // the link out of the root, in several spellings
                "out/secret",
                "out/./root-secret/file.txt",
                "out\\secret",
                "//out//secret",
                "out",
            })
    @Tag("case-57")
    void case57_tricks_of_other_systems_lead_nowhere(String name) throws Exception {
        assertThat(onTheWire(name.getBytes(UTF_8))).isEqualTo(name);
        assertLeadsNowhere(name);
    }

    /** A NUL ends the name, so a request cannot contain one in it. */
    @Test
    @Tag("case-57")
    void case57_a_nul_on_the_wire_ends_the_name() {
        assertThatThrownBy(() -> onTheWire("file.txt\0.jpg".getBytes(ISO_8859_1)))
                .isInstanceOf(MalformedMessageException.class);
        assertThatThrownBy(() -> onTheWire("sub\0/../../secret".getBytes(ISO_8859_1)))
                .isInstanceOf(MalformedMessageException.class);
    }

    @Test
    @Tag("case-57")
    void case57_names_of_255_bytes_and_more() throws Exception {
        String most = "x".repeat(255);
        try (Sink sink = storage.write(wrq(most), PEER)) {
            sink.commit();
        }
        assertThat(root.resolve(most)).exists();
        storage.read(rrq(most), PEER).close();
        for (String name : new String[] {
            "x".repeat(256),
            "\u00e4".repeat(128),
            "x".repeat(300) + "/../../secret",
            "sub/" + "x".repeat(480),
            "./".repeat(240) + "../secret",
            "sub/".repeat(120) + "x",
            "/".repeat(490) + "nowhere/x"
        }) {
            assertLeadsNowhere(name);
        }
    }
}
