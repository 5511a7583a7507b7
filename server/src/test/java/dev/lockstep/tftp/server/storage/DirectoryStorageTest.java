package dev.lockstep.tftp.server.storage;

import static dev.lockstep.tftp.testing.Requests.rrq;
import static dev.lockstep.tftp.testing.Requests.wrq;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.io.Source;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DirectoryStorageTest {
    private static final InetSocketAddress PEER = new InetSocketAddress("127.0.0.1", 2000);
    private static final long UNKNOWN = Source.UNKNOWN_SIZE;

    @TempDir
    Path outer;

    private Path root;

    /** A served folder, and files beside it that must never be read. */
    @BeforeEach
    void folders() throws IOException {
        root = Files.createDirectory(outer.resolve("root"));
        Files.writeString(root.resolve("file.txt"), "content");
        Files.createDirectories(root.resolve("sub/deep"));
        Files.writeString(root.resolve("sub/deep/file"), "deep content");
        Files.writeString(root.resolve("a b%20"), "odd name");
        Files.writeString(root.resolve("..."), "three dots");
        Files.writeString(root.resolve("sub/a:b"), "letter and colon");
        Files.writeString(outer.resolve("secret"), "SECRET");
        Files.createDirectory(outer.resolve("root-secret"));
        Files.writeString(outer.resolve("root-secret/file.txt"), "SECRET");
    }

    private DirectoryStorage storage(WriteRules rules) throws IOException {
        return DirectoryStorage.at(root, rules);
    }

    private String read(String name) throws IOException {
        try (Source source = storage(WriteRules.READ_ONLY).read(rrq(name), PEER)) {
            ByteBuffer buffer = ByteBuffer.allocate(1000);
            while (source.read(buffer) >= 0) {
                assertThat(buffer.hasRemaining()).isTrue();
            }
            assertThat(source.size()).isEqualTo(buffer.position());
            return new String(buffer.array(), 0, buffer.position());
        }
    }

    private void write(WriteRules rules, String name, String content) throws IOException {
        try (Sink sink = storage(rules).write(wrq(name), PEER)) {
            sink.write(ByteBuffer.wrap(content.getBytes()));
            sink.commit();
        }
    }

    @Test
    void an_upload_into_a_missing_directory_is_refused_with_the_reason() {
        assertThat(assertRefused(1, () -> write(WriteRules.NEW_FILES, "nowhere/file", "new")))
                .hasMessage("no such directory");
    }

    private static TftpException assertRefused(int code, ThrowingCallable work) {
        TftpException refusal = catchThrowableOfType(TftpException.class, work);
        assertThat(refusal).isNotNull();
        assertThat(refusal.code()).as(refusal.getMessage()).isEqualTo(code);
        assertThat(refusal.getMessage()).doesNotContain("/tmp").doesNotContain("junit");
        return refusal;
    }

    private List<String> names() throws IOException {
        try (var files = Files.list(root)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "file.txt, content",
        "/file.txt, content",
        "//file.txt, content",
        "\\file.txt, content",
        "./file.txt, content",
        "sub/deep/file, deep content",
        "\\sub\\deep\\file, deep content",
        "sub//deep/./file, deep content",
        "a b%20, odd name",
        "..., three dots",
        "sub/a:b, letter and colon",
    })
    void a_file_is_read_by_its_name(String name, String content) throws IOException {
        assertThat(read(name)).isEqualTo(content);
    }

    @ParameterizedTest
    @CsvSource({
        // code 1: no such file
        "nowhere, 1",
        "sub/nowhere, 1",
        "nowhere/file.txt, 1",
        "file.txt/deeper, 1",
        "FILE.TXT, 1",
        "file.txt., 1",
        "file.txt..., 1",
        "'file.txt ', 1",
        "%66ile.txt, 1",
        "%2e%2e/secret, 1",
        "..%2fsecret, 1",
        "%2e%2e%2fsecret, 1",
        "..%5csecret, 1",
        "..;/secret, 1",
        ".../secret, 1",
        "\\\\server\\share\\file.txt, 1",
        "\u00e4\u00f6\u00fc, 1",
        "con, 1",
        "nul, 1",
        "C:\\boot.ini, 1",
        "c:file.txt, 1",
        ".tftp-0011223344556677.part, 1",
        "sub/.tftp-0011223344556677.part, 1",
        // code 2: leads out of the root, or is no regular file
        "../secret, 2",
        "/../secret, 2",
        "sub/../../secret, 2",
        "sub/../file.txt, 2",
        "..\\secret, 2",
        "\\..\\secret, 2",
        "sub\\..\\..\\secret, 2",
        "../root-secret/file.txt, 2",
        "../root/file.txt, 2",
        ".., 2",
        "/, 2",
        "., 2",
        "sub, 2",
        "sub/, 2",
        "sub/deep, 2",
    })
    @Tag("case-57")
    void case57_a_name_of_no_served_file_is_refused(String name, int code) {
        assertRefused(code, () -> read(name));
        assertRefused(2, () -> write(WriteRules.ANY_FILE, "sub/../" + name, "x"));
        assertThat(outer.resolve("secret")).hasContent("SECRET");
        assertThat(outer.resolve("root-secret/file.txt")).hasContent("SECRET");
    }

    @Test
    @Tag("case-57")
    void case57_a_nul_in_a_name_is_refused() {
        assertThatThrownBy(() -> rrq("file.txt\0.jpg")).hasMessageStartingWith("filename: contains NUL");
        assertThatThrownBy(() -> wrq("new\0.jpg")).hasMessageStartingWith("filename: contains NUL");
        assertRefused(2, () -> VirtualPath.elementsOf("file.txt\0.jpg"));
        assertRefused(2, () -> storage(WriteRules.ANY_FILE).below("sub\0"));
    }

    @Test
    @Tag("case-57")
    void case57_an_absolute_name_of_this_machine_is_below_the_root() {
        assertRefused(1, () -> read(outer.resolve("secret").toString()));
        assertRefused(1, () -> read("/etc/passwd"));
    }

    @Test
    @Tag("case-57")
    void case57_an_over_long_name_does_not_exist() {
        assertRefused(1, () -> read("x".repeat(256)));
        assertRefused(1, () -> read("x/".repeat(200) + "y"));
        assertRefused(1, () -> read("x".repeat(5000)));
        assertRefused(1, () -> write(WriteRules.ANY_FILE, "x".repeat(256), "x"));
    }

    @Test
    @Tag("case-56")
    void case56_a_name_that_is_not_ascii_is_found() throws IOException {
        assumeTrue("UTF-8".equals(System.getProperty("sun.jnu.encoding")), "missing: file names in UTF-8");
        Files.writeString(root.resolve("süß.bin"), "sweet");
        assertThat(read("süß.bin")).isEqualTo("sweet");
        assertRefused(1, () -> read("s\u0080\u00ff.bin"));
        assertRefused(1, () -> read("lone surrogate \ud800"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../root-secret/file.txt", "../secret", "../root-secret"})
    @Tag("case-58")
    void case58_a_link_out_of_the_root_is_not_followed(String target) throws IOException {
        Files.createSymbolicLink(root.resolve("out"), Path.of(target));
        assertRefused(2, () -> read("out"));
        assertRefused(2, () -> write(WriteRules.ANY_FILE, "out", "x"));
        assertThat(outer.resolve("secret")).hasContent("SECRET");
        assertThat(outer.resolve("root-secret/file.txt")).hasContent("SECRET");
    }

    @Test
    @Tag("case-58")
    void case58_a_directory_link_out_of_the_root_is_not_followed() throws IOException {
        Files.createSymbolicLink(root.resolve("out"), outer.resolve("root-secret"));
        assertRefused(2, () -> read("out/file.txt"));
        assertRefused(2, () -> write(WriteRules.ANY_FILE, "out/file.txt", "x"));
        assertRefused(2, () -> write(WriteRules.ANY_FILE, "out/new.txt", "x"));
        assertThat(outer.resolve("root-secret/new.txt")).doesNotExist();
    }

    @Test
    void links_within_the_root_are_followed() throws IOException {
        Files.createSymbolicLink(root.resolve("link"), Path.of("sub/deep/file"));
        Files.createSymbolicLink(root.resolve("dirlink"), root.resolve("sub"));
        assertThat(read("link")).isEqualTo("deep content");
        assertThat(read("dirlink/deep/file")).isEqualTo("deep content");
        write(WriteRules.ANY_FILE, "link", "new content");
        assertThat(root.resolve("sub/deep/file")).hasContent("new content");
        assertThat(Files.isSymbolicLink(root.resolve("link"))).isTrue();
        write(WriteRules.NEW_FILES, "dirlink/new", "x");
        assertThat(root.resolve("sub/new")).hasContent("x");
    }

    @Test
    void a_dangling_link_is_no_file_and_cannot_be_written_through() throws IOException {
        Files.createSymbolicLink(root.resolve("dangling"), Path.of("../created"));
        assertRefused(1, () -> read("dangling"));
        assertRefused(2, () -> write(WriteRules.ANY_FILE, "dangling", "x"));
        assertThat(outer.resolve("created")).doesNotExist();
    }

    @Test
    void a_loop_of_links_is_refused() throws IOException {
        Files.createSymbolicLink(root.resolve("one"), Path.of("two"));
        Files.createSymbolicLink(root.resolve("two"), Path.of("one"));
        assertRefused(2, () -> read("one"));
        assertRefused(2, () -> read("one/file"));
        assertRefused(2, () -> write(WriteRules.ANY_FILE, "one", "x"));
    }

    @Test
    void the_root_itself_may_be_a_link() throws IOException {
        Path link = Files.createSymbolicLink(outer.resolve("srv"), root);
        try (Source source = DirectoryStorage.at(link, WriteRules.READ_ONLY).read(rrq("file.txt"), PEER)) {
            assertThat(source.size()).isEqualTo(7);
        }
    }

    @Test
    @Tag("case-59")
    void case59_a_fifo_is_refused_without_waiting_for_a_writer() throws Exception {
        Process mkfifo = new ProcessBuilder("mkfifo", root.resolve("fifo").toString()).start();
        assumeTrue(mkfifo.waitFor() == 0, "missing: the right to make a FIFO");
        assertRefused(2, () -> read("fifo"));
        assertRefused(2, () -> write(WriteRules.ANY_FILE, "fifo", "x"));
    }

    @Test
    @Tag("case-59")
    void case59_a_directory_or_a_socket_is_refused() throws IOException {
        assertRefused(2, () -> read("sub"));
        assertRefused(2, () -> write(WriteRules.ANY_FILE, "sub", "x"));
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(root.resolve("socket")));
            assertRefused(2, () -> read("socket"));
            assertRefused(2, () -> write(WriteRules.ANY_FILE, "socket", "x"));
        }
    }

    @Test
    @Tag("case-59")
    void case59_a_device_is_refused() throws IOException {
        Path devices = Path.of("/dev");
        assumeTrue(Files.exists(devices.resolve("null")), "missing: /dev/null");
        DirectoryStorage dev = DirectoryStorage.at(devices, WriteRules.READ_ONLY);
        assertRefused(2, () -> dev.read(rrq("null"), PEER));
        assertRefused(2, () -> dev.read(rrq("zero"), PEER));
    }

    @Test
    void uploads_are_off_by_default() throws IOException {
        assertRefused(2, () -> write(WriteRules.READ_ONLY, "new", "x"));
        assertRefused(2, () -> write(WriteRules.READ_ONLY, "file.txt", "x"));
        assertThat(names()).doesNotContain("new");
        assertThat(root.resolve("file.txt")).hasContent("content");
    }

    @Test
    void a_new_file_is_written_and_read_back() throws IOException {
        write(WriteRules.NEW_FILES, "/new", "hello");
        write(WriteRules.NEW_FILES, "sub\\deep\\new", "hello there");
        assertThat(read("new")).isEqualTo("hello");
        assertThat(read("sub/deep/new")).isEqualTo("hello there");
    }

    @Test
    void an_existing_file_is_replaced_only_where_that_is_allowed() throws IOException {
        assertRefused(6, () -> write(WriteRules.NEW_FILES, "file.txt", "x"));
        assertThat(root.resolve("file.txt")).hasContent("content");
        write(WriteRules.ANY_FILE, "file.txt", "new");
        assertThat(root.resolve("file.txt")).hasContent("new");
    }

    @Test
    void folders_are_not_created_for_an_upload() {
        assertRefused(1, () -> write(WriteRules.ANY_FILE, "not/there/file", "x"));
        assertThat(root.resolve("not")).doesNotExist();
    }

    @Test
    void an_unfinished_upload_can_neither_be_read_nor_requested() throws IOException {
        try (Sink sink = storage(WriteRules.ANY_FILE).write(wrq("new"), PEER)) {
            sink.write(ByteBuffer.wrap(new byte[10]));
            String temporary = names().stream()
                    .filter(name -> name.endsWith(".part"))
                    .findFirst()
                    .orElseThrow();
            assertRefused(1, () -> read(temporary));
            assertRefused(1, () -> read(temporary + "/"));
            assertRefused(1, () -> write(WriteRules.ANY_FILE, temporary, "x"));
            assertRefused(1, () -> read("new"));
        }
        assertThat(names()).containsExactly("...", "a b%20", "file.txt", "sub");
    }

    @Test
    @Tag("case-33")
    void case33_an_upload_announced_too_large_is_refused_before_it_begins() throws IOException {
        WriteRules rules = new WriteRules(true, true, 100);
        DirectoryStorage limited = storage(rules);
        assertRefused(3, () -> limited.write(wrq("new", 101), PEER));
        assertRefused(3, () -> storage(WriteRules.ANY_FILE).write(wrq("new", Long.MAX_VALUE), PEER));
        assertThat(names()).doesNotContain("new").noneMatch(name -> name.endsWith(".part"));
        limited.write(wrq("new", 100), PEER).close();
    }

    @Test
    @Tag("case-34")
    void case34_an_upload_that_exceeds_the_quota_fails() throws IOException {
        WriteRules rules = new WriteRules(true, true, 100);
        try (Sink sink = storage(rules).write(wrq("file.txt", 50), PEER)) {
            sink.write(ByteBuffer.allocate(60));
            sink.write(ByteBuffer.allocate(40));
            assertRefused(3, () -> sink.write(ByteBuffer.allocate(1)));
        }
        assertThat(root.resolve("file.txt")).hasContent("content");
        assertThat(names()).noneMatch(name -> name.endsWith(".part"));
    }

    @Test
    void cleaning_removes_stale_uploads_but_no_running_one() throws IOException {
        DirectoryStorage running = storage(WriteRules.NEW_FILES);
        Path stale = Files.writeString(root.resolve(".tftp-0011223344556677.part"), "half");
        Path deep = Files.writeString(root.resolve("sub/deep/.tftp-8899aabbccddeeff.part"), "half");
        Path folder = Files.createDirectory(root.resolve(".tftp-aaaaaaaaaaaaaaaa.part"));
        Path other = Files.writeString(root.resolve("mine.part"), "keep");
        Path outside = Files.writeString(outer.resolve(".tftp-0011223344556677.part"), "keep");
        Files.createSymbolicLink(root.resolve(".tftp-bbbbbbbbbbbbbbbb.part"), outside);
        try (Sink live = running.write(wrq("new"), PEER)) {
            live.write(ByteBuffer.wrap("whole".getBytes()));
            assertThat(stale).exists();
            assertThat(storage(WriteRules.NEW_FILES)).isNotNull();
            assertThat(stale).exists();
            storage(WriteRules.NEW_FILES).removeStaleUploads();
            live.commit();
        }
        assertThat(root.resolve("new")).hasContent("whole");
        assertThat(stale).doesNotExist();
        assertThat(deep).doesNotExist();
        assertThat(folder).exists();
        assertThat(other).exists();
        assertThat(outside).hasContent("keep");
    }

    /** Without the lock a second server on the folder would take the upload for a stale one. */
    @Test
    void cleaning_keeps_the_lock_of_a_running_upload() throws IOException {
        Path locks = Path.of("/proc/locks");
        assumeTrue(Files.exists(locks));
        DirectoryStorage storage = storage(WriteRules.NEW_FILES);
        try (Sink live = storage.write(wrq("new"), PEER)) {
            live.write(ByteBuffer.wrap("half".getBytes()));
            String temporary = names().stream()
                    .filter(name -> name.endsWith(".part"))
                    .findFirst()
                    .orElseThrow();
            String inode = ":" + Files.getAttribute(root.resolve(temporary), "unix:ino") + " ";
            assertThat(locks).content().as("before").contains(inode);
            storage.removeStaleUploads();
            assertThat(locks).content().as("after").contains(inode);
        }
    }

    @Test
    void uploads_can_begin_during_cleaning() throws Exception {
        DirectoryStorage storage = storage(WriteRules.NEW_FILES);
        AtomicBoolean ended = new AtomicBoolean();
        CompletableFuture<Void> search = CompletableFuture.runAsync(() -> {
            while (!ended.get()) {
                try {
                    storage.removeStaleUploads();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
        try {
            for (int i = 0; i < 1000; i++) {
                storage.write(wrq("new"), PEER).close();
            }
        } finally {
            ended.set(true);
            search.get();
        }
        assertThat(names()).noneMatch(name -> name.endsWith(".part"));
    }

    /** In a chroot the JDK may find no mount point. */
    @Test
    void a_root_on_an_unknown_file_system_is_served_and_not_cached() throws IOException {
        FileVersionTracker versions = new FileVersionTracker(root.resolve("nowhere"), InstantSource.system());
        assertThat(versions.of(root.resolve("file.txt"))).isNull();
    }

    private void setMode(String name, String mode) throws IOException {
        Files.setPosixFilePermissions(root.resolve(name), PosixFilePermissions.fromString(mode));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-------", "rw-r-----", "rwxrwx-wx"})
    void a_file_not_readable_by_others_is_served_only_if_configured(String mode) throws IOException {
        setMode("file.txt", mode);
        TftpException refusal = assertRefused(2, () -> read("file.txt"));
        assertThat(refusal).hasMessage("file is not readable by others");
        assertThat(refusal.explained()).contains("mode " + mode, "--serve-private");
        DirectoryStorage all = storage(WriteRules.READ_ONLY).servingPrivate(true);
        try (Source source = all.read(rrq("file.txt"), PEER)) {
            assertThat(source.size()).isEqualTo(7);
        }
        Files.createDirectory(root.resolve("below"));
        Files.move(root.resolve("file.txt"), root.resolve("below/file.txt"));
        assertRefused(2, () -> storage(WriteRules.READ_ONLY).below("below").read(rrq("file.txt"), PEER));
        all.below("below").read(rrq("file.txt"), PEER).close();
    }

    @Test
    void a_file_that_becomes_unreadable_is_not_served_from_the_cache() throws IOException {
        DirectoryStorage storage = DirectoryStorage.at(
                root, WriteRules.READ_ONLY, InstantSource.offset(InstantSource.system(), Duration.ofMinutes(1)));
        storage.read(rrq("file.txt"), PEER).close();
        assertThat(storage.tryOpenCached(rrq("file.txt"), PEER)).isNotNull();
        setMode("file.txt", "rw-------");
        assertThat(storage.tryOpenCached(rrq("file.txt"), PEER)).isNull();
        assertRefused(2, () -> storage.read(rrq("file.txt"), PEER));
    }

    @Test
    void a_file_not_readable_by_others_can_be_replaced_and_keeps_its_mode() throws IOException {
        setMode("file.txt", "rw-------");
        write(WriteRules.ANY_FILE, "file.txt", "new");
        assertThat(root.resolve("file.txt")).hasContent("new");
        assertRefused(2, () -> read("file.txt"));
    }

    /** Covers a umask of 077, which the shipped unit sets. */
    @Test
    void a_new_file_can_be_read_back_with_any_umask() throws IOException {
        try (Sink sink = storage(WriteRules.NEW_FILES).write(wrq("new"), PEER)) {
            String temporary = names().stream()
                    .filter(name -> name.endsWith(".part"))
                    .findFirst()
                    .orElseThrow();
            setMode(temporary, "rw-------");
            sink.write(ByteBuffer.wrap("new".getBytes()));
            sink.commit();
        }
        assertThat(read("new")).isEqualTo("new");
    }

    @Test
    void a_root_that_is_no_directory_is_rejected() {
        assertThatThrownBy(() -> DirectoryStorage.at(root.resolve("file.txt"), WriteRules.READ_ONLY))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> DirectoryStorage.at(root.resolve("nowhere"), WriteRules.READ_ONLY))
                .isInstanceOf(IOException.class);
    }

    @Test
    void a_quota_of_zero_is_rejected() {
        assertThatThrownBy(() -> new WriteRules(true, true, 0)).hasMessage("maximum size: 0 (expected: >= 1)");
    }

    @Test
    void a_file_can_be_read_again_from_its_start() throws IOException {
        Files.writeString(root.resolve("twice"), "content");
        try (Source source = storage(WriteRules.READ_ONLY).read(rrq("twice"), PEER)) {
            ByteBuffer to = ByteBuffer.allocate(7);
            source.read(to.limit(4));
            assertThat(source.canRewind()).isTrue();
            source.rewind();
            source.read(to.clear());
            assertThat(to.array()).isEqualTo("content".getBytes(StandardCharsets.UTF_8));
        }
    }
}
