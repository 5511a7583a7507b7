package dev.lockstep.tftp.client.internal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.io.Sink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalFileTest {
    @TempDir
    private Path folder;

    @Test
    void a_file_that_cannot_be_opened_is_named_with_the_reason() throws IOException {
        Path missing = folder.resolve("no/f");
        assertThatThrownBy(() -> LocalFile.sink(missing)).hasMessage("cannot write " + missing + ": no such directory");
        assertThatThrownBy(() -> LocalFile.source(missing)).hasMessage("cannot read " + missing + ": no such file");
        assertThatThrownBy(() -> LocalFile.source(folder)).hasMessage("cannot read " + folder + ": is a directory");
        assertThatThrownBy(() -> LocalFile.sink(folder)).hasMessage("cannot write " + folder + ": is a directory");
        Path below = Files.createFile(folder.resolve("f")).resolve("g");
        assertThatThrownBy(() -> LocalFile.sink(below)).hasMessage("cannot write " + below + ": not a directory");
    }

    @Test
    void a_write_that_fails_tells_the_server_no_path_and_the_user_the_file() throws IOException {
        Path full = Path.of("/dev/full");
        try (Sink sink = LocalFile.sink(full)) {
            assertThatThrownBy(() -> sink.write(ByteBuffer.allocate(10)))
                    .hasMessage("disk full")
                    .asInstanceOf(type(TftpException.class))
                    .extracting(TftpException::reason)
                    .isEqualTo("cannot write /dev/full: no space left");
        }
    }

    @Test
    void missing_directories_of_a_target_are_created() throws IOException {
        Path target = folder.resolve("a/b/f");
        LocalFile.createDirectories(target);
        try (Sink sink = LocalFile.sink(target)) {
            sink.commit();
        }
        assertThat(target).exists();
        Path below = target.resolve("c/g");
        assertThatThrownBy(() -> LocalFile.createDirectories(below))
                .hasMessage("cannot create " + below.getParent() + ": not a directory");
    }
}
