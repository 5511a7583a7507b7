package dev.lockstep.tftp.client.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.testing.ByteArraySource;
import dev.lockstep.tftp.testing.MemorySink;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class HashingTest {
    /** The hash of "abc" (FIPS 180-2, B.1). The next constant is the hash of an empty file. */
    private static final String ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    private static final String NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private static String readAll(Source source) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(100);
        while (source.read(bytes) >= 0) {
            assertThat(bytes.position()).isPositive();
        }
        return new String(bytes.array(), 0, bytes.position());
    }

    @Test
    void a_file_with_the_right_hash_is_committed() throws IOException {
        MemorySink file = new MemorySink();
        try (Sink sink = Hashing.checked(file, ABC)) {
            sink.write(ByteBuffer.wrap("a".getBytes()));
            sink.write(ByteBuffer.wrap("bc".getBytes()));
            sink.commit();
        }
        assertThat(file.isCommitted()).isTrue();
        assertThat(file.isClosed()).isTrue();
        assertThat(file.content()).isEqualTo("abc".getBytes());
    }

    @Test
    void a_file_with_a_wrong_hash_is_not_published() throws IOException {
        MemorySink file = new MemorySink();
        try (Sink sink = Hashing.checked(file, ABC)) {
            sink.write(ByteBuffer.wrap("abd".getBytes()));
            assertThatThrownBy(sink::commit)
                    .isInstanceOf(TftpException.class)
                    .hasMessageContaining("(expected: " + ABC + ")");
        }
        assertThat(file.isCommitted()).isFalse();
        assertThat(file.isClosed()).isTrue();
    }

    @Test
    void an_empty_file_has_a_hash_too() throws IOException {
        MemorySink file = new MemorySink();
        try (Sink sink = Hashing.checked(file, NOTHING)) {
            sink.commit();
        }
        assertThat(file.isCommitted()).isTrue();
        try (Source source = Hashing.checked(new ByteArraySource(new byte[0]), NOTHING)) {
            assertThat(readAll(source)).isEmpty();
        }
    }

    @Test
    void a_source_with_the_right_hash_is_read_to_its_end() throws IOException {
        ByteArraySource file = new ByteArraySource("abc".getBytes()).atMost(2);
        try (Source source = Hashing.checked(file, ABC)) {
            assertThat(readAll(source)).isEqualTo("abc");
        }
        assertThat(file.isClosed()).isTrue();
    }

    @Test
    void a_source_with_a_wrong_hash_fails_at_its_end() throws IOException {
        try (Source source = Hashing.checked(new ByteArraySource("abd".getBytes()), ABC)) {
            assertThat(source.read(ByteBuffer.allocate(3))).isEqualTo(3);
            assertThatThrownBy(() -> source.read(ByteBuffer.allocate(1))).isInstanceOf(TftpException.class);
        }
    }

    @Test
    void a_hashed_source_reports_an_unknown_size() throws IOException {
        try (Source source = Hashing.checked(new ByteArraySource("abc".getBytes()), ABC)) {
            assertThat(source.size()).isEqualTo(Source.UNKNOWN_SIZE);
        }
    }

    @Test
    void without_a_hash_sink_and_source_are_not_wrapped() {
        MemorySink sink = new MemorySink();
        ByteArraySource source = new ByteArraySource(new byte[3]);
        assertThat(Hashing.checked(sink, null)).isSameAs(sink);
        assertThat(Hashing.checked(source, null)).isSameAs(source);
    }
}
