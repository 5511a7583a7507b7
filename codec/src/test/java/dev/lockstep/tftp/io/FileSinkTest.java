package dev.lockstep.tftp.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.testing.LockWait;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileSinkTest {
    @TempDir
    Path outer;

    private Path dir;

    @BeforeEach
    void an_empty_folder() throws IOException {
        dir = Files.createDirectory(outer.resolve("folder"));
    }

    private FileSink sink(String name, boolean replace) throws IOException {
        return new FileSink(SecureDirectory.open(dir), name, replace);
    }

    private static ByteBuffer text(String text) {
        return ByteBuffer.wrap(text.getBytes());
    }

    private List<String> names() throws IOException {
        try (var files = Files.list(dir)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static void assertFails(ErrorCode code, ThrowingCallable work) {
        TftpException failure = catchThrowableOfType(TftpException.class, work);
        assertThat(failure).isNotNull();
        assertThat(failure.code()).isEqualTo(code.number());
    }

    @Test
    void a_file_appears_when_it_is_committed() throws IOException {
        try (FileSink sink = sink("new", false)) {
            sink.write(text("one "));
            sink.write(text("two"));
            assertThat(names())
                    .singleElement()
                    .satisfies(name -> assertThat(FileSink.isTemporary(name)).isTrue());
            sink.commit();
            assertThat(names()).containsExactly("new");
        }
        assertThat(dir.resolve("new")).hasContent("one two");
        assertThat(names()).containsExactly("new");
    }

    @Test
    @Tag("case-36")
    void case36_without_a_commit_nothing_is_left() throws IOException {
        try (FileSink sink = sink("new", false)) {
            sink.write(text("half"));
        }
        assertThat(names()).isEmpty();
    }

    @Test
    @Tag("case-66")
    void case66_an_old_file_is_kept_until_the_new_one_is_committed() throws IOException {
        Files.writeString(dir.resolve("f"), "old");
        try (FileSink sink = sink("f", true)) {
            sink.write(text("new"));
            assertThat(dir.resolve("f")).hasContent("old");
        }
        assertThat(dir.resolve("f")).hasContent("old");
        assertThat(names()).containsExactly("f");
        try (FileSink sink = sink("f", true)) {
            sink.write(text("new"));
            sink.commit();
        }
        assertThat(dir.resolve("f")).hasContent("new");
        assertThat(names()).containsExactly("f");
    }

    @Test
    void an_open_old_file_can_still_be_read() throws IOException {
        Files.writeString(dir.resolve("f"), "old");
        try (FileSource old = new FileSource(FileChannel.open(dir.resolve("f")));
                FileSink sink = sink("f", true)) {
            sink.write(text("newer"));
            sink.commit();
            ByteBuffer read = ByteBuffer.allocate(10);
            assertThat(old.read(read)).isEqualTo(3);
            assertThat(new String(read.array(), 0, 3)).isEqualTo("old");
        }
    }

    @Test
    void a_file_that_may_not_be_replaced_is_refused_before_anything_is_created() throws IOException {
        Files.writeString(dir.resolve("f"), "old");
        assertFails(ErrorCode.FILE_EXISTS, () -> sink("f", false));
        assertThat(names()).containsExactly("f");
        assertThat(dir.resolve("f")).hasContent("old");
    }

    @Test
    void of_two_writers_of_a_new_name_the_second_to_commit_is_refused() throws IOException {
        try (FileSink first = sink("f", false);
                FileSink second = sink("f", false)) {
            first.write(text("first"));
            second.write(text("second"));
            second.commit();
            assertFails(ErrorCode.FILE_EXISTS, first::commit);
        }
        assertThat(dir.resolve("f")).hasContent("second");
        assertThat(names()).containsExactly("f");
    }

    @Test
    void of_two_writers_that_may_replace_the_last_to_commit_wins() throws IOException {
        try (FileSink first = sink("f", true);
                FileSink second = sink("f", true)) {
            first.write(text("first"));
            second.write(text("second"));
            second.commit();
            first.commit();
        }
        assertThat(dir.resolve("f")).hasContent("first");
        assertThat(names()).containsExactly("f");
    }

    /** A task that runs while a file system does not respond to a rename. */
    @FunctionalInterface
    private interface Meanwhile {
        void run() throws IOException;
    }

    /** Opens the directory with a hook that runs before each rename. */
    @SuppressWarnings("unchecked")
    private SecureDirectory slowToRename(Meanwhile hook) throws IOException {
        DirectoryStream<Path> real = Files.newDirectoryStream(dir);
        Class<?>[] types = {SecureDirectoryStream.class};
        InvocationHandler calls = (slow, method, parameters) -> {
            if (method.getName().equals("move")) {
                hook.run();
                parameters[1] = real;
            }
            try {
                return method.invoke(real, parameters);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        };
        Object slow = Proxy.newProxyInstance(FileSinkTest.class.getClassLoader(), types, calls);
        return new SecureDirectory(dir, (SecureDirectoryStream<Path>) slow, Path.of(""), dir);
    }

    @Test
    void a_commit_that_hangs_does_not_block_the_commit_of_another_file() throws Exception {
        try (FileSink other = sink("other", false)) {
            FutureTask<Void> commit = new FutureTask<>(() -> {
                other.commit();
                return null;
            });
            Thread thread = new Thread(commit);
            boolean[] done = new boolean[1];
            try (FileSink hanging = new FileSink(
                    slowToRename(() -> {
                        LockWait.startAndAwait(thread);
                        done[0] = commit.isDone();
                    }),
                    "f",
                    false)) {
                hanging.commit();
            }
            commit.get();
            assertThat(done[0]).as("committed meanwhile").isTrue();
        }
        assertThat(names()).containsExactly("f", "other");
    }

    @Test
    void while_the_commit_of_a_new_name_hangs_others_of_that_name_are_refused() throws IOException {
        try (FileSink second = sink("f", false);
                FileSink third = sink("f", false);
                FileSink first = new FileSink(
                        slowToRename(() -> {
                            assertFails(ErrorCode.FILE_EXISTS, second::commit);
                            assertFails(ErrorCode.FILE_EXISTS, third::commit);
                        }),
                        "f",
                        false)) {
            first.write(text("first"));
            first.commit();
        }
        assertThat(dir.resolve("f")).hasContent("first");
        assertThat(names()).containsExactly("f");
    }

    @Test
    void after_a_failed_commit_another_upload_may_have_the_name() throws IOException {
        try (FileSink first = new FileSink(
                        slowToRename(() -> {
                            throw new IOException("read-only file system");
                        }),
                        "f",
                        false);
                FileSink second = sink("f", false)) {
            assertThatThrownBy(first::commit).isInstanceOf(IOException.class);
            second.write(text("second"));
            second.commit();
        }
        assertThat(dir.resolve("f")).hasContent("second");
        assertThat(names()).containsExactly("f");
    }

    private String modeOf(String name) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve(name)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-------", "rw-r-----", "r--r--r--", "rwxrwxrwx"})
    void a_temporary_file_is_private_until_it_has_the_mode_of_the_replaced_file(String mode) throws IOException {
        Files.writeString(dir.resolve("f"), "old");
        Files.setPosixFilePermissions(dir.resolve("f"), PosixFilePermissions.fromString(mode));
        try (FileSink sink = sink("f", true)) {
            String temporary = names().get(0);
            assertThat(FileSink.isTemporary(temporary)).isTrue();
            assertThat(modeOf(temporary)).isEqualTo("rw-------");
            sink.write(text("new"));
            sink.commit();
        }
        assertThat(modeOf("f")).isEqualTo(mode);
        assertThat(dir.resolve("f")).hasContent("new");
    }

    /** The mode of a link is always rwxrwxrwx, and has no effect. */
    @Test
    void a_file_that_replaces_a_link_does_not_get_its_mode() throws IOException {
        Files.createSymbolicLink(dir.resolve("link"), outer.resolve("nowhere"));
        try (FileSink sink = sink("link", true)) {
            sink.commit();
        }
        assertThat(modeOf("link")).isEqualTo("rw-------");
    }

    @Test
    void a_readable_new_file_is_readable_with_any_umask() throws IOException {
        for (boolean readable : new boolean[] {true, false}) {
            try (FileSink sink = new FileSink(SecureDirectory.open(dir), "new " + readable, false, readable)) {
                String temporary = names().stream()
                        .filter(FileSink::isTemporary)
                        .findFirst()
                        .orElseThrow();
                Files.setPosixFilePermissions(dir.resolve(temporary), PosixFilePermissions.fromString("rw-------"));
                sink.commit();
            }
        }
        assertThat(modeOf("new true")).isEqualTo("rw-r--r--");
        assertThat(modeOf("new false")).isEqualTo("rw-------");
    }

    @Test
    void a_link_under_the_target_name_is_replaced_and_not_followed() throws IOException {
        Path outside = Files.writeString(outer.resolve("outside"), "untouched");
        Files.createSymbolicLink(dir.resolve("link"), outside);
        try (FileSink sink = sink("link", true)) {
            sink.write(text("new"));
            sink.commit();
        }
        assertThat(outside).hasContent("untouched");
        assertThat(dir.resolve("link")).isRegularFile().hasContent("new");
        assertThat(Files.isSymbolicLink(dir.resolve("link"))).isFalse();
    }

    @Test
    void a_dangling_link_counts_as_a_file_that_exists() throws IOException {
        Files.createSymbolicLink(dir.resolve("link"), outer.resolve("nowhere"));
        assertFails(ErrorCode.FILE_EXISTS, () -> sink("link", false));
        assertThat(outer.resolve("nowhere")).doesNotExist();
    }

    @Test
    void a_temporary_file_is_locked() throws IOException {
        try (FileSink sink = sink("f", false)) {
            sink.write(text("x"));
            Path temporary = dir.resolve(names().get(0));
            try (FileChannel other = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                OverlappingFileLockException locked =
                        catchThrowableOfType(OverlappingFileLockException.class, other::tryLock);
                assertThat(locked).isNotNull();
            }
        }
    }

    /** On NFS without a lock daemon a lock fails with ENOLCK. Here a closed channel fails, too. */
    @Test
    void a_failed_lock_is_ignored() throws IOException {
        FileChannel refusing =
                FileChannel.open(dir.resolve("f"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        refusing.close();
        assertThatThrownBy(refusing::tryLock).isInstanceOf(IOException.class);
        FileSink.tryLock(refusing);
    }

    @Test
    void the_process_knows_the_temporary_files_it_writes() throws IOException {
        String temporary;
        try (FileSink sink = sink("f", false)) {
            temporary = names().get(0);
            assertThat(FileSink.isOwn(temporary)).isTrue();
            sink.commit();
        }
        assertThat(FileSink.isOwn(temporary)).isFalse();
    }

    @Test
    void a_deleted_temporary_file_cannot_be_committed() throws IOException {
        FileSink sink = sink("f", false);
        sink.write(text("x"));
        Files.delete(dir.resolve(names().get(0)));
        assertFails(ErrorCode.FILE_NOT_FOUND, sink::commit);
        assertThatThrownBy(sink::close).isInstanceOf(NoSuchFileException.class);
        assertThat(names()).isEmpty();
    }

    @Test
    @Tag("case-36")
    void case36_a_full_disk_is_error_3() throws IOException {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "missing: /dev/full");
        try (FileChannel device = FileChannel.open(full, StandardOpenOption.WRITE)) {
            IOException failure = catchThrowableOfType(IOException.class, () -> device.write(text("x")));
            assertThat(FileErrors.of(failure).is(ErrorCode.DISK_FULL)).isTrue();
        }
    }

    @Test
    void only_names_of_unfinished_files_are_temporary() {
        assertThat(FileSink.isTemporary(".tftp-0123456789abcdef.part")).isTrue();
        assertThat(FileSink.isTemporary(".tftp-.part")).isTrue();
        assertThat(FileSink.isTemporary("tftp-0123456789abcdef.part")).isFalse();
        assertThat(FileSink.isTemporary(".tftp-0123456789abcdef")).isFalse();
        assertThat(FileSink.isTemporary("f")).isFalse();
    }
}
