package dev.lockstep.tftp.server.storage;

import static dev.lockstep.tftp.testing.Requests.rrq;
import static dev.lockstep.tftp.testing.Requests.wrq;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.SPARSE;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.testing.MemorySink;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryStorageTest {
    private static final InetSocketAddress PEER = new InetSocketAddress("127.0.0.1", 2000);
    private static final long UNKNOWN = Source.UNKNOWN_SIZE;

    private MemoryStorage storage = new MemoryStorage(100, WriteRules.ANY_FILE);

    private String read(String name) throws IOException {
        try (Source source = storage.read(rrq(name), PEER)) {
            return rest(source);
        }
    }

    private static String rest(Source source) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(200);
        ByteBuffer few = ByteBuffer.allocate(3);
        while (source.read(few) >= 0) {
            buffer.put(few.flip());
            few.clear();
        }
        return new String(buffer.array(), 0, buffer.position());
    }

    private void write(String name, int size) throws IOException {
        try (Sink sink = storage.write(wrq(name), PEER)) {
            sink.write(ByteBuffer.allocate(size));
            sink.commit();
        }
    }

    private static void assertRefused(int code, ThrowingCallable work) {
        TftpException refusal = catchThrowableOfType(TftpException.class, work);
        assertThat(refusal).isNotNull();
        assertThat(refusal.code()).as(refusal.getMessage()).isEqualTo(code);
    }

    /** Uses a size that exceeds the longest array, so that no heap can hold it. */
    @Test
    void memory_that_could_not_be_allocated_is_released(@TempDir Path folder) throws IOException {
        storage = new MemoryStorage(Integer.MAX_VALUE, WriteRules.ANY_FILE);
        try (FileChannel sparse = FileChannel.open(folder.resolve("sparse"), CREATE_NEW, READ, WRITE, SPARSE)) {
            ByteBuffer huge = sparse.map(FileChannel.MapMode.READ_WRITE, 0, Integer.MAX_VALUE);
            try (Sink sink = storage.write(wrq("huge"), PEER)) {
                assertRefused(3, () -> sink.write(huge));
            }
        }
        storage.write(wrq("next", Integer.MAX_VALUE), PEER).close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_limited_sink_may_block_if_its_delegate_may(boolean may) {
        MemorySink sink = may ? new MemorySink() : new MemorySink().neverBlocking();
        assertThat(new LimitedSink(sink, WriteRules.ANY_FILE).mayBlock()).isEqualTo(may);
    }

    @Test
    void a_stored_file_can_be_read() throws IOException {
        byte[] content = "content".getBytes();
        storage.put("dir/f", content);
        content[0] = 'X';
        assertThat(read("dir/f")).isEqualTo("content");
        assertThat(read("/dir//f")).isEqualTo("content");
        assertThat(read("\\dir\\f")).isEqualTo("content");
        try (Source source = storage.read(rrq("dir/f"), PEER)) {
            assertThat(source.size()).isEqualTo(7);
        }
        assertRefused(1, () -> read("f"));
        assertRefused(1, () -> read("dir"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../f", "..", "a/../f", "/", "."})
    @Tag("case-57")
    void case57_a_name_that_is_no_file_is_refused(String name) {
        assertRefused(2, () -> read(name));
        assertRefused(2, () -> write(name, 1));
        assertRefused(2, () -> storage.put(name, new byte[1]));
    }

    @Test
    void case57_a_nul_in_a_name_is_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> rrq("a\0b"));
        assertRefused(2, () -> storage.put("a\0b", new byte[1]));
    }

    @Test
    void an_upload_appears_when_it_is_committed() throws IOException {
        try (Sink sink = storage.write(wrq("f", 5), PEER)) {
            sink.write(ByteBuffer.wrap("he".getBytes()));
            assertRefused(1, () -> read("f"));
            sink.write(ByteBuffer.wrap("llo".getBytes()));
            sink.commit();
        }
        assertThat(read("f")).isEqualTo("hello");
    }

    @Test
    @Tag("case-36")
    void case36_an_upload_without_commit_leaves_no_file_and_releases_its_memory() throws IOException {
        storage.put("f", "old".getBytes());
        try (Sink sink = storage.write(wrq("f"), PEER)) {
            sink.write(ByteBuffer.allocate(97));
            assertRefused(3, () -> write("g", 1));
        }
        assertThat(read("f")).isEqualTo("old");
        write("g", 97);
        assertRefused(3, () -> write("h", 1));
    }

    @Test
    void a_running_read_continues_with_the_replaced_file() throws IOException {
        storage.put("f", "old".getBytes());
        try (Source old = storage.read(rrq("f"), PEER)) {
            storage.put("f", "newer".getBytes());
            assertThat(rest(old)).isEqualTo("old");
        }
        assertThat(read("f")).isEqualTo("newer");
    }

    @Test
    void a_replaced_file_releases_its_memory() throws IOException {
        for (int i = 0; i < 10; i++) {
            write("f", 50);
        }
        write("g", 50);
        assertRefused(3, () -> write("h", 1));
    }

    @Test
    @Tag("case-33")
    void case33_an_upload_announced_too_large_is_refused_at_once() {
        assertRefused(3, () -> storage.write(wrq("f", 101), PEER));
        storage = new MemoryStorage(100, new WriteRules(true, false, 10));
        assertRefused(3, () -> storage.write(wrq("f", 11), PEER));
    }

    @Test
    @Tag("case-34")
    void case34_an_upload_that_grows_too_large_fails() throws IOException {
        storage = new MemoryStorage(100, new WriteRules(true, false, 10));
        try (Sink sink = storage.write(wrq("f", 1), PEER)) {
            sink.write(ByteBuffer.allocate(10));
            assertRefused(3, () -> sink.write(ByteBuffer.allocate(1)));
        }
        assertRefused(1, () -> read("f"));
    }

    @Test
    void uploads_follow_the_write_rules() throws IOException {
        storage = new MemoryStorage(100, WriteRules.READ_ONLY);
        assertRefused(2, () -> write("f", 1));
        storage = new MemoryStorage(100, WriteRules.NEW_FILES);
        write("f", 1);
        assertRefused(6, () -> write("f", 2));
        try (Sink first = storage.write(wrq("g"), PEER);
                Sink second = storage.write(wrq("/g"), PEER)) {
            second.commit();
            assertRefused(6, first::commit);
        }
    }

    @Test
    @Tag("case-11")
    void case11_an_empty_file_is_a_file() throws IOException {
        write("empty", 0);
        assertThat(read("empty")).isEmpty();
        try (Source source = storage.read(rrq("empty"), PEER)) {
            assertThat(source.size()).isZero();
        }
    }

    @Test
    void a_limit_of_zero_is_rejected() {
        assertThatThrownBy(() -> new MemoryStorage(0, WriteRules.ANY_FILE))
                .hasMessage("memory limit: 0 (expected: >= 1)");
    }

    @Test
    void the_content_and_the_names_can_be_read_without_a_request() throws IOException {
        MemoryStorage storage = new MemoryStorage(100, WriteRules.NEW_FILES);
        storage.put("/b", new byte[] {1, 2});
        try (Sink sink = storage.write(wrq("a/x"), PEER)) {
            sink.write(ByteBuffer.wrap(new byte[] {3}));
            assertThat(storage.names()).as("an upload that is not complete").containsExactly("b");
            sink.commit();
        }
        assertThat(storage.names()).containsExactly("a/x", "b");
        assertThat(storage.get("a/x")).containsExactly(3);
        storage.get("b")[0] = 9;
        assertThat(storage.get("\\b")).containsExactly(1, 2);
        assertThat(storage.get("none")).isNull();
        assertThat(storage.get("../b")).isNull();
        assertThat(storage.withRules(WriteRules.READ_ONLY).get("b")).containsExactly(1, 2);
    }
}
