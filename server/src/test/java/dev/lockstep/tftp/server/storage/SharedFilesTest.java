package dev.lockstep.tftp.server.storage;

import static dev.lockstep.tftp.testing.Requests.rrq;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lockstep.tftp.io.Source;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A cached file is served only while the file on disk is unchanged. */
class SharedFilesTest {
    private static final InetSocketAddress PEER = new InetSocketAddress("127.0.0.1", 2000);
    private static final int LARGE = 20_000;

    @TempDir
    Path root;

    private Path file;
    private DirectoryStorage storage;

    /** Ways to replace the content of a file while its name, size and, as far as a program can, its date stay. */
    private enum Change {
        REWRITTEN_IN_PLACE {
            @Override
            void apply(Path file, byte[] content) throws IOException {
                try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
                    open.write(content);
                }
            }
        },
        TRUNCATED_AND_WRITTEN {
            @Override
            void apply(Path file, byte[] content) throws IOException {
                Files.write(file, content);
            }
        },
        REPLACED_BY_RENAME {
            @Override
            void apply(Path file, byte[] content) throws IOException {
                Path fresh = Files.write(file.resolveSibling("fresh"), content);
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            }
        },
        DELETED_AND_CREATED { // most file systems reuse the inode
            @Override
            void apply(Path file, byte[] content) throws IOException {
                Files.delete(file);
                Files.write(file, content);
            }
        },
        A_LINK_IN_ITS_PLACE {
            @Override
            void apply(Path file, byte[] content) throws IOException {
                Path fresh = Files.write(file.resolveSibling("fresh"), content);
                Files.delete(file);
                Files.createSymbolicLink(file, fresh.getFileName());
            }
        };

        abstract void apply(Path file, byte[] content) throws IOException;

        boolean leavesTheOldFile() {
            return this != REWRITTEN_IN_PLACE && this != TRUNCATED_AND_WRITTEN;
        }
    }

    /** Sets the clock of the storage so that all files are old. */
    @BeforeEach
    void a_storage_a_minute_later() throws IOException {
        storage = DirectoryStorage.at(
                root, WriteRules.READ_ONLY, InstantSource.offset(InstantSource.system(), Duration.ofMinutes(1)));
        file = root.resolve("file");
    }

    private static byte[] content(String letter, int size) {
        return letter.repeat(size).getBytes(UTF_8);
    }

    /**
     * Waits until a change gets another date than the last one: the clock of the file system ticks every few
     * milliseconds.
     */
    private void awaitTick() throws IOException {
        Path probe = root.resolve("probe");
        FileTime last = Files.getLastModifiedTime(file);
        do {
            Files.write(probe, new byte[1]);
        } while (Files.getLastModifiedTime(probe).equals(last));
    }

    private static byte[] read(Source source) throws IOException {
        try (source) {
            ByteBuffer buffer = ByteBuffer.allocate(LARGE + 1);
            while (source.read(buffer) >= 0) {
                assertThat(buffer.hasRemaining()).isTrue();
            }
            byte[] all = new byte[buffer.position()];
            buffer.flip().get(all);
            return all;
        }
    }

    private Object versionOf(String name) throws IOException {
        try (Source source = storage.read(rrq(name), PEER)) {
            assertThat(source).isInstanceOf(SharedSource.class);
            return ((SharedSource) source).version();
        }
    }

    private void applyKeepingTheDate(Change change, byte[] content) throws IOException {
        FileTime date = Files.getLastModifiedTime(file);
        change.apply(file, content);
        Files.setLastModifiedTime(file, date);
        assertThat(Files.getLastModifiedTime(file)).isEqualTo(date);
        assertThat(Files.size(file)).isEqualTo(content.length);
    }

    @ParameterizedTest
    @EnumSource
    void a_changed_file_is_another_version_even_with_its_old_date(Change change) throws IOException {
        Files.write(file, content("a", LARGE));
        Object first = versionOf("file");
        assertThat(versionOf("file")).isEqualTo(first).hasSameHashCodeAs(first);
        applyKeepingTheDate(change, content("b", LARGE));
        assertThat(versionOf("file")).isNotEqualTo(first);
    }

    /** Covers a file that all readers share, and one that is not shared because it has just been changed. */
    @ParameterizedTest
    @CsvSource({"true", "false"})
    void a_file_changed_during_a_read_is_read_as_it_was_or_not_at_all(boolean old) throws IOException {
        for (Change change : Change.values()) {
            Files.deleteIfExists(file);
            Files.write(file, content("a", LARGE));
            DirectoryStorage files = old ? storage : DirectoryStorage.at(root, WriteRules.READ_ONLY);
            try (Source open = files.read(rrq("file"), PEER)) {
                assertThat(open instanceof SharedSource).isEqualTo(old);
                assertThat(open.read(ByteBuffer.allocate(100))).isEqualTo(100);
                awaitTick();
                change.apply(file, content("b", LARGE));
                if (change.leavesTheOldFile()) {
                    assertThat(read(open)).as(change.name()).isEqualTo(content("a", LARGE - 100));
                } else {
                    assertThatThrownBy(() -> read(open)).as(change.name()).hasMessageContaining("file changed");
                }
            }
        }
    }

    /** Changes that keep inode, size and modification time. */
    private enum MetadataChange {
        CHMOD {
            @Override
            void apply(Path file) throws IOException {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r-x"));
            }
        },
        CHOWN {
            @Override
            void apply(Path file) throws IOException {
                Files.setAttribute(file, "unix:gid", Files.getAttribute(file, "unix:gid"));
            }
        },
        HARD_LINK {
            @Override
            void apply(Path file) throws IOException {
                Path link = Files.createLink(file.resolveSibling("hard link"), file);
                Files.delete(link);
            }
        },
        ACCESS_TIME {
            @Override
            void apply(Path file) throws IOException {
                Files.setAttribute(file, "lastAccessTime", FileTime.from(Instant.EPOCH));
            }
        },
        RENAME_AND_BACK {
            @Override
            void apply(Path file) throws IOException {
                Path other = Files.move(file, file.resolveSibling("renamed"));
                Files.move(other, file);
            }
        };

        abstract void apply(Path file) throws IOException;
    }

    @ParameterizedTest
    @EnumSource
    void a_change_of_metadata_does_not_end_a_running_download(MetadataChange change) throws IOException {
        for (boolean shared : new boolean[] {true, false}) {
            Files.write(file, content("a", LARGE));
            DirectoryStorage files = shared ? storage : DirectoryStorage.at(root, WriteRules.READ_ONLY);
            Object before = shared ? versionOf("file") : null;
            try (Source open = files.read(rrq("file"), PEER)) {
                assertThat(open instanceof SharedSource).isEqualTo(shared);
                assertThat(open.read(ByteBuffer.allocate(100))).isEqualTo(100);
                awaitTick();
                change.apply(file);
                assertThat(read(open)).isEqualTo(content("a", LARGE - 100));
            }
            if (shared) {
                assertThat(versionOf("file")).as("key of caches").isNotEqualTo(before);
            }
            Files.delete(file);
        }
    }

    @Test
    void a_change_ends_a_read_after_the_content_that_was_read_before_it() throws IOException {
        Files.write(file, content("a", LARGE));
        try (Source reader = storage.read(rrq("file"), PEER);
                Source other = storage.read(rrq("file"), PEER)) {
            ByteBuffer half = ByteBuffer.allocate(LARGE / 2);
            reader.read(half);
            assertThat(half.array()).isEqualTo(content("a", LARGE / 2));
            Files.writeString(file, "more", StandardOpenOption.APPEND);
            assertThatThrownBy(() -> reader.read(ByteBuffer.allocate(1))).hasMessageContaining("file changed");
            assertThatThrownBy(() -> other.read(ByteBuffer.allocate(1))).hasMessageContaining("file changed");
        }
        try (Source fresh = storage.read(rrq("file"), PEER)) {
            assertThat(fresh.size()).isEqualTo(LARGE + 4);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_changed_small_file_is_not_served_from_the_cache(Change change) throws IOException {
        Files.write(file, content("a", 10));
        assertThat(storage.tryOpenCached(rrq("file"), PEER)).as("not read yet").isNull();
        assertThat(read(storage.read(rrq("file"), PEER))).isEqualTo(content("a", 10));
        assertThat(read(storage.tryOpenCached(rrq("file"), PEER))).isEqualTo(content("a", 10));
        applyKeepingTheDate(change, content("b", 10));
        assertThat(storage.tryOpenCached(rrq("file"), PEER)).isNull();
        assertThat(read(storage.read(rrq("file"), PEER))).isEqualTo(content("b", 10));
        assertThat(read(storage.tryOpenCached(rrq("file"), PEER))).isEqualTo(content("b", 10));
    }

    @Test
    void a_deleted_or_unreadable_file_is_not_served_from_the_cache() throws IOException {
        Files.write(file, content("a", 10));
        read(storage.read(rrq("file"), PEER));
        Files.delete(file);
        assertThat(storage.tryOpenCached(rrq("file"), PEER)).isNull();
        Files.createDirectory(file);
        assertThat(storage.tryOpenCached(rrq("file"), PEER)).isNull();
    }

    @Test
    void two_files_of_one_size_and_date_share_nothing() throws IOException {
        Path other = Files.write(root.resolve("other"), content("b", LARGE));
        Files.write(file, content("a", LARGE));
        Files.setLastModifiedTime(other, FileTime.from(Instant.EPOCH));
        Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
        assertThat(versionOf("file")).isNotEqualTo(versionOf("other"));
    }

    @Test
    void a_thousand_readers_of_one_file_share_one_descriptor_and_have_their_own_positions() throws IOException {
        Files.write(file, content("ab", LARGE / 2));
        long before = descriptors();
        List<Source> readers = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            Source reader = storage.read(rrq("file"), PEER);
            reader.read(ByteBuffer.allocate(i));
            readers.add(reader);
        }
        assertThat(descriptors() - before).isLessThan(500);
        ByteBuffer next = ByteBuffer.allocate(1);
        readers.get(3).read(next);
        assertThat(next.get(0)).isEqualTo((byte) 'b');
        readers.get(3).close();
        readers.get(3).close();
        for (Source reader : readers.subList(4, 1000)) {
            reader.close();
        }
        assertThat(read(readers.get(0))).as("the last one still reads").hasSize(LARGE);
    }

    private static long descriptors() throws IOException {
        Path own = Path.of("/proc/self/fd");
        assumeTrue(Files.isDirectory(own), "missing: /proc");
        try (Stream<Path> all = Files.list(own)) {
            return all.count();
        }
    }

    @Test
    void names_that_lead_to_one_file_share_it() throws IOException {
        Files.write(file, content("a", LARGE));
        Files.createLink(root.resolve("twin"), file);
        Files.createSymbolicLink(root.resolve("link"), Path.of("file"));
        assertThat(versionOf("twin")).isEqualTo(versionOf("file")).isEqualTo(versionOf("link"));
    }

    @Test
    void a_file_that_has_just_been_changed_is_neither_cached_nor_shared() throws IOException {
        storage = DirectoryStorage.at(root, WriteRules.READ_ONLY);
        Files.write(file, content("a", LARGE));
        Files.write(root.resolve("small"), content("a", 10));
        try (Source source = storage.read(rrq("file"), PEER)) {
            assertThat(source).isNotInstanceOf(SharedSource.class);
        }
        read(storage.read(rrq("small"), PEER));
        assertThat(storage.tryOpenCached(rrq("small"), PEER)).isNull();
    }

    @Test
    void a_cached_link_that_now_leads_out_is_not_followed() throws IOException {
        Path outside = Files.createTempFile("outside", ".txt");
        try {
            assumeTrue(Files.getFileStore(outside)
                    .type()
                    .equals(Files.getFileStore(root).type()));
            Files.write(file, content("a", 10));
            Files.createSymbolicLink(root.resolve("link"), Path.of("file"));
            read(storage.read(rrq("link"), PEER));
            assertThat(storage.tryOpenCached(rrq("link"), PEER)).isNotNull();
            Files.delete(root.resolve("link"));
            Files.createSymbolicLink(root.resolve("link"), outside);
            assertThat(storage.tryOpenCached(rrq("link"), PEER)).isNull();
        } finally {
            Files.delete(outside);
        }
    }
}
