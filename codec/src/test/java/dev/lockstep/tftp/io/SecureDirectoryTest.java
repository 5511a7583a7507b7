package dev.lockstep.tftp.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.lockstep.tftp.codec.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecureDirectoryTest {
    @TempDir
    Path outer;

    private Path dir;

    @BeforeEach
    void a_folder_with_a_file_a_folder_and_links() throws IOException {
        dir = Files.createDirectory(outer.resolve("folder"));
        Files.writeString(dir.resolve("file"), "content");
        Files.createDirectory(dir.resolve("sub"));
        Files.writeString(dir.resolve("sub/inner"), "inner content");
        Files.writeString(outer.resolve("outside"), "secret");
        Files.createSymbolicLink(dir.resolve("link"), Path.of("file"));
        Files.createSymbolicLink(dir.resolve("sublink"), Path.of("sub"));
        Files.createSymbolicLink(dir.resolve("dangling"), Path.of("nowhere"));
    }

    private static String read(FileChannel channel) throws IOException {
        try (channel) {
            ByteBuffer bytes = ByteBuffer.allocate(100);
            int length = channel.read(bytes);
            return new String(bytes.array(), 0, length);
        }
    }

    @Test
    void a_file_is_opened_by_its_name() throws IOException {
        try (SecureDirectory folder = SecureDirectory.open(dir);
                SecureDirectory sub = folder.sub(Path.of("sub"))) {
            assertThat(read(folder.openFile("file", StandardOpenOption.READ))).isEqualTo("content");
            assertThat(read(sub.openFile("inner", StandardOpenOption.READ))).isEqualTo("inner content");
        }
    }

    @Test
    @Tag("case-57")
    void case57_no_link_is_followed() throws IOException {
        try (SecureDirectory folder = SecureDirectory.open(dir)) {
            IOException refusal =
                    catchThrowableOfType(IOException.class, () -> folder.openFile("link", StandardOpenOption.READ));
            assertThat(FileErrors.of(refusal).is(ErrorCode.ACCESS_VIOLATION)).isTrue();
            assertThatThrownBy(() -> folder.sub(Path.of("sublink"))).isInstanceOf(IOException.class);
            assertThat(folder.attributes("link").isSymbolicLink()).isTrue();
            assertThat(folder.attributes("sublink").isDirectory()).isFalse();
        }
    }

    @Test
    @Tag("case-57")
    void case57_an_open_folder_replaced_by_a_link_is_not_left() throws IOException {
        try (SecureDirectory folder = SecureDirectory.open(dir);
                SecureDirectory sub = folder.sub(Path.of("sub"))) {
            Files.move(dir.resolve("sub"), dir.resolve("moved"));
            Files.createSymbolicLink(dir.resolve("sub"), outer);
            assertThat(sub.has("outside")).isFalse();
            assertThat(read(sub.openFile("inner", StandardOpenOption.READ))).isEqualTo("inner content");
            assertThatThrownBy(() -> folder.sub(Path.of("sub"))).isInstanceOf(IOException.class);
        }
    }

    @Test
    void a_dangling_link_exists() throws IOException {
        try (SecureDirectory folder = SecureDirectory.open(dir)) {
            assertThat(folder.has("file")).isTrue();
            assertThat(folder.has("sub")).isTrue();
            assertThat(folder.has("dangling")).isTrue();
            assertThat(folder.has("nowhere")).isFalse();
            assertThatThrownBy(() -> folder.attributes("nowhere")).isInstanceOf(NoSuchFileException.class);
            assertThat(folder.attributes("file").size()).isEqualTo(7);
        }
    }

    @Test
    void a_file_is_created_renamed_over_another_and_removed() throws IOException {
        try (SecureDirectory folder = SecureDirectory.open(dir)) {
            try (FileChannel file = folder.openFile("new", StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                file.write(ByteBuffer.wrap("new".getBytes()));
            }
            folder.rename("new", "file");
            folder.sync();
            assertThat(dir.resolve("file")).hasContent("new");
            assertThat(folder.has("new")).isFalse();
            folder.delete("file");
            assertThat(folder.has("file")).isFalse();
        }
    }

    @Test
    void an_existing_file_is_not_created_again() throws IOException {
        try (SecureDirectory folder = SecureDirectory.open(dir)) {
            assertThatThrownBy(() -> folder.openFile("file", StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))
                    .isInstanceOf(IOException.class);
            assertThat(dir.resolve("file")).hasContent("content");
        }
    }

    @Test
    void only_folders_are_opened_as_folders() throws IOException {
        assertThatThrownBy(() -> SecureDirectory.open(dir.resolve("file"))).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> SecureDirectory.open(dir.resolve("nowhere"))).isInstanceOf(NoSuchFileException.class);
        try (SecureDirectory folder = SecureDirectory.open(dir)) {
            assertThatThrownBy(() -> folder.sub(Path.of("file"))).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> folder.sub(Path.of("nowhere"))).isInstanceOf(NoSuchFileException.class);
        }
    }

    private void shut(Path directory, String mode) throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(mode));
        assumeFalse(Files.isReadable(directory), "root lists every directory");
    }

    @Test
    void a_folder_that_can_be_entered_but_not_listed_is_opened() throws IOException {
        Path deep = Files.createDirectories(dir.resolve("sub/shut/deep"));
        Files.writeString(deep.resolve("file"), "deep content");
        shut(dir.resolve("sub/shut"), "-wx--x--x");
        shut(dir.resolve("sub"), "-wx--x--x");
        shut(dir, "--x--x--x");
        try (SecureDirectory folder = SecureDirectory.open(dir);
                SecureDirectory sub = folder.sub(Path.of("sub"));
                SecureDirectory shut = sub.sub(Path.of("shut"));
                SecureDirectory open = shut.sub(Path.of("deep"))) {
            assertThat(read(folder.openFile("file", StandardOpenOption.READ))).isEqualTo("content");
            assertThat(read(sub.openFile("inner", StandardOpenOption.READ))).isEqualTo("inner content");
            assertThat(read(open.openFile("file", StandardOpenOption.READ))).isEqualTo("deep content");
            assertThatThrownBy(sub::names).isInstanceOf(DirectoryIteratorException.class);
            assertThatThrownBy(() -> folder.openFile("link", StandardOpenOption.READ))
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> folder.sub(Path.of("sublink"))).isInstanceOf(IOException.class);
            sub.createFile("new", true).close();
            sub.rename("new", "newer");
            assertThat(dir.resolve("sub/newer")).isRegularFile();
            sub.delete("newer");
            assertThat(sub.has("newer")).isFalse();
        }
    }

    @Test
    void a_replaceable_folder_is_entered_only_if_it_can_be_opened() throws IOException {
        shut(dir.resolve("sub"), "--x--x--x");
        Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxrwxrwx"));
        try (SecureDirectory folder = SecureDirectory.open(dir)) {
            assertThatThrownBy(() -> folder.sub(Path.of("sub"))).isInstanceOf(AccessDeniedException.class);
        }
    }

    @AfterEach
    void restore_permissions() throws IOException {
        for (Path shut : List.of(dir, dir.resolve("sub"), dir.resolve("sub/shut"))) {
            if (Files.isDirectory(shut)) {
                Files.setPosixFilePermissions(shut, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        }
    }

    /**
     * A user with write access to the folder could replace the temporary file by a link to a file of the server's
     * owner.
     */
    @Test
    @Tag("case-57")
    void case57_no_link_has_or_gets_permissions() throws IOException {
        Files.createSymbolicLink(dir.resolve("out"), outer.resolve("outside"));
        Set<PosixFilePermission> before = Files.getPosixFilePermissions(outer.resolve("outside"));
        try (SecureDirectory folder = SecureDirectory.open(dir)) {
            assertThat(folder.permissions("out")).isNull();
            assertThatThrownBy(() -> folder.setPermissions("out", PosixFilePermissions.fromString("rwxrwxrwx")))
                    .isInstanceOf(IOException.class);
        }
        assertThat(Files.getPosixFilePermissions(outer.resolve("outside"))).isEqualTo(before);
    }
}
