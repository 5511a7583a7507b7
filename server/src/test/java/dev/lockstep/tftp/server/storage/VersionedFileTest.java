package dev.lockstep.tftp.server.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VersionedFileTest {
    private static final String OLD = "old content";

    private Path folder;
    private Path path;

    @BeforeEach
    void create(@TempDir Path temporary) throws IOException {
        assumeTrue(Files.isDirectory(Path.of("/proc/self/fdinfo")), "the system lists descriptors");
        folder = Files.createDirectory(temporary.toRealPath().resolve("release"));
        path = Files.writeString(folder.resolve("file"), OLD);
    }

    private VersionedFile open(VersionedFile.Examination examination) throws IOException {
        return new VersionedFile(FileChannel.open(path), path, FileVersion.of(path), examination);
    }

    private void replaceFile() throws IOException {
        Path fresh = Files.writeString(folder.resolve("fresh"), "new content");
        Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String read(VersionedFile file) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(100);
        file.read(content, 0);
        return new String(content.array(), 0, content.position());
    }

    @Test
    void case51_descriptors_on_other_file_systems_are_never_examined() throws IOException {
        List<Path> examined = new ArrayList<>();
        Pipe pipe = Pipe.open();
        try (FileChannel other = FileChannel.open(Path.of("/proc/self/status"));
                VersionedFile file = open(descriptor -> {
                    examined.add(Files.readSymbolicLink(descriptor));
                    throw new IOException("never the file that is searched for, so that all are examined");
                })) {
            replaceFile();
            assertThat(read(file)).isEqualTo(OLD);
            assertThat(other.isOpen()).isTrue();
        } finally {
            pipe.source().close();
            pipe.sink().close();
        }
        assertThat(examined)
                .contains(Path.of(path + " (deleted)"))
                .allMatch(Path::isAbsolute, "no pipe or socket")
                .noneMatch(link -> link.startsWith("/proc"));
    }

    @Test
    void case51_a_file_in_a_directory_that_was_renamed_is_still_read_as_one_version() throws IOException {
        try (VersionedFile file = open(FileVersion::of)) {
            Path old = Files.move(folder, folder.resolveSibling("release.old"));
            Files.createDirectory(folder);
            Files.writeString(path, "new content");
            assertThat(read(file)).isEqualTo(OLD);
            Files.setLastModifiedTime(old.resolve("file"), FileTime.fromMillis(0));
            assertThatThrownBy(() -> read(file)).hasMessageContaining("file changed while it was read");
        }
    }

    @Test
    void the_mount_of_a_path_is_the_nearest_above_it() throws IOException {
        assertThat(Descriptors.mountOf(Path.of("/proc/self/status")))
                .isEqualTo(Descriptors.mountOf(Path.of("/proc/no-such-file")))
                .isNotEqualTo(Descriptors.mountOf(path))
                .isNotNull();
    }
}
