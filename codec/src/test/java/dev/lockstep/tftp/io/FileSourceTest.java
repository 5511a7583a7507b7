package dev.lockstep.tftp.io;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.testing.TestBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSourceTest {
    @TempDir
    Path dir;

    private FileSource open(Path file) throws IOException {
        return new FileSource(FileChannel.open(file, StandardOpenOption.READ));
    }

    @Test
    void a_file_is_read_to_its_end() throws IOException {
        byte[] content = TestBytes.random(1000);
        Path file = Files.write(dir.resolve("f"), content);
        try (FileSource source = open(file)) {
            assertThat(source.size()).isEqualTo(1000);
            ByteBuffer read = ByteBuffer.allocate(2000);
            while (source.read(read) >= 0) {
                assertThat(read.position()).isPositive();
            }
            assertThat(java.util.Arrays.copyOf(read.array(), read.position())).isEqualTo(content);
        }
    }

    @Test
    @Tag("case-11")
    void case11_an_empty_file_has_the_size_0_and_ends_at_once() throws IOException {
        Path file = Files.createFile(dir.resolve("f"));
        try (FileSource source = open(file)) {
            assertThat(source.size()).isZero();
            assertThat(source.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        }
    }

    @Test
    @Tag("case-51")
    void case51_an_open_file_is_read_after_its_name_is_replaced() throws IOException {
        Path file = Files.writeString(dir.resolve("f"), "content");
        try (FileSource source = open(file)) {
            Files.delete(file);
            Files.writeString(file, "another one");
            assertThat(source.size()).isEqualTo(7);
            ByteBuffer read = ByteBuffer.allocate(100);
            assertThat(source.read(read)).isEqualTo(7);
            assertThat(new String(read.array(), 0, 7)).isEqualTo("content");
        }
    }

    @Test
    @Tag("case-51")
    void case51_the_size_is_the_one_at_the_time_of_opening() throws IOException {
        Path file = Files.writeString(dir.resolve("f"), "content");
        try (FileSource source = open(file)) {
            Files.writeString(file, "longer content", StandardOpenOption.APPEND);
            assertThat(source.size()).isEqualTo(7);
            Files.writeString(file, "");
            assertThat(source.size()).isEqualTo(7);
            assertThat(source.read(ByteBuffer.allocate(10))).isEqualTo(-1);
        }
    }

    @Test
    @Tag("case-30")
    void case30_a_size_has_64_bits() throws IOException {
        Path file = dir.resolve("sparse");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {1}), 5_000_000_000L - 1);
        }
        try (FileSource source = open(file)) {
            assertThat(source.size()).isEqualTo(5_000_000_000L);
        }
    }
}
