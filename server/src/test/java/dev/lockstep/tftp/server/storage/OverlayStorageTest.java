package dev.lockstep.tftp.server.storage;

import static dev.lockstep.tftp.testing.Requests.rrq;
import static dev.lockstep.tftp.testing.Requests.wrq;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.server.storage.OverlayStorage.OnError;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OverlayStorageTest {
    private static final InetSocketAddress PEER = new InetSocketAddress("192.0.2.1", 2000);

    private final MemoryStorage first = memory(WriteRules.READ_ONLY);
    private final MemoryStorage second = memory(WriteRules.NEW_FILES);
    private final MemoryStorage third = memory(WriteRules.NEW_FILES);
    private final Remote remote = new Remote();
    private final List<String> lines = new ArrayList<>();

    private static MemoryStorage memory(WriteRules rules) {
        return new MemoryStorage(10_000, rules);
    }

    /** A storage on another machine: each request waits until the test answers it. */
    private static final class Remote implements Storage {
        private final Queue<CompletableFuture<Source>> waiting = new ArrayDeque<>();

        @Override
        public Source read(ReadRequest request, InetSocketAddress peer) throws IOException {
            throw new TftpException(ErrorCode.NOT_DEFINED, "origin unavailable").because("refused");
        }

        @Override
        public CompletionStage<Source> open(ReadRequest request, InetSocketAddress peer, Executor io) {
            waiting.add(new CompletableFuture<>());
            return waiting.element();
        }

        void fail(ErrorCode code) {
            waiting.remove().completeExceptionally(new TftpException(code, "from the origin"));
        }

        @Override
        public Object ioGroup() {
            return "remote";
        }

        @Override
        public String toString() {
            return "remote";
        }
    }

    private static OverlayStorage overlay(OnError onError, Storage... roots) {
        return new OverlayStorage(List.of(roots), onError, WriteRules.NEW_FILES);
    }

    private static void put(MemoryStorage storage, String name, String content) throws IOException {
        storage.put(name, content.getBytes(StandardCharsets.UTF_8));
    }

    private static String contentOf(Source source) throws IOException {
        ByteBuffer content = ByteBuffer.allocate((int) source.size());
        source.read(content);
        source.close();
        return new String(content.array(), StandardCharsets.UTF_8);
    }

    private static String read(Storage storage, String name) throws IOException {
        return contentOf(storage.read(rrq(name), PEER));
    }

    private static TftpException refusal(ThrowingCallable use) {
        return catchThrowableOfType(TftpException.class, use);
    }

    private static TftpException refusal(CompletionStage<?> stage) {
        return refusal(() -> {
            try {
                stage.toCompletableFuture().join();
            } catch (java.util.concurrent.CompletionException e) {
                throw e.getCause();
            }
        });
    }

    private static void write(Storage storage, String name) throws IOException {
        try (Sink sink = storage.write(wrq(name), PEER)) {
            sink.write(ByteBuffer.wrap("upload".getBytes(StandardCharsets.UTF_8)));
            sink.commit();
        }
    }

    @Test
    void the_first_root_that_has_the_file_serves_it() throws IOException {
        put(first, "a", "first");
        put(second, "a", "second");
        put(second, "b", "second");
        put(third, "c", "third");
        Storage storage = overlay(OnError.STOP, first, second, third);
        assertThat(read(storage, "a")).isEqualTo("first");
        assertThat(read(storage, "b")).isEqualTo("second");
        assertThat(contentOf(storage.open(rrq("c"), PEER, Runnable::run)
                        .toCompletableFuture()
                        .join()))
                .isEqualTo("third");
        TftpException none = refusal(() -> read(storage, "none"));
        assertThat(none.code()).isEqualTo(1);
        assertThat(none.explained()).isEqualTo("file not found (memory; memory; memory)");
    }

    @Test
    void an_error_stops_unless_the_next_root_is_to_be_asked() throws IOException {
        put(first, "a", "first");
        assertThat(refusal(() -> read(overlay(OnError.STOP, remote, first), "a"))
                        .explained())
                .isEqualTo("origin unavailable (refused)");
        assertThat(read(overlay(OnError.NEXT, remote, first), "a")).isEqualTo("first");
        assertThat(refusal(() -> read(overlay(OnError.NEXT, first, remote, second), "none"))
                        .explained())
                .isEqualTo("origin unavailable (file not found (memory); refused; file not found (memory))");
        assertThat(refusal(() -> read(overlay(OnError.STOP, first, remote, second), "../x"))
                        .code())
                .isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void a_root_that_waits_for_another_machine_holds_no_thread_and_none_of_its_threads_is_held(OnError onError)
            throws IOException {
        put(first, "a", "first");
        Queue<Runnable> io = new ArrayDeque<>();
        CompletableFuture<Source> opened = overlay(onError, second, remote, first)
                .open(rrq("a"), PEER, io::add)
                .toCompletableFuture();
        assertThat(opened).isNotDone();
        assertThat(io).isEmpty();
        remote.fail(onError == OnError.STOP ? ErrorCode.FILE_NOT_FOUND : ErrorCode.NOT_DEFINED);
        assertThat(opened).as("the next root is asked on an I/O thread").isNotDone();
        assertThat(io).hasSize(1);
        io.remove().run();
        assertThat(contentOf(opened.join())).isEqualTo("first");
    }

    @Test
    void a_cached_file_of_the_first_root_only_is_opened_at_once() throws IOException {
        Storage cached = new Storage() {
            @Override
            public Source read(ReadRequest request, InetSocketAddress peer) throws IOException {
                return first.read(request, peer);
            }

            @Override
            public Source tryOpenCached(ReadRequest request, InetSocketAddress peer) {
                try {
                    return read(request, peer);
                } catch (IOException e) {
                    return null;
                }
            }
        };
        put(first, "a", "first");
        assertThat(overlay(OnError.STOP, cached, second).tryOpenCached(rrq("a"), PEER))
                .isNotNull();
        assertThat(overlay(OnError.STOP, second, cached).tryOpenCached(rrq("a"), PEER))
                .isNull();
    }

    @Test
    void an_upload_goes_to_the_first_writable_root() throws IOException {
        Storage storage = overlay(OnError.STOP, first, second, third);
        write(storage, "up");
        assertThat(second.names()).containsExactly("up");
        assertThat(third.names()).isEmpty();
        assertThat(read(storage, "up")).isEqualTo("upload");
        assertThat(storage.isWritable()).isTrue();
        assertThat(overlay(OnError.STOP, first).isWritable()).isFalse();
        assertThat(refusal(() -> overlay(OnError.STOP, first).write(wrq("up"), PEER)))
                .hasMessage("uploads are not accepted");
    }

    @Test
    void an_upload_neither_hides_a_file_nor_is_hidden_by_one() throws IOException {
        put(first, "before", "first");
        put(third, "after", "third");
        Storage newFiles = overlay(OnError.STOP, first, second, third);
        assertThat(refusal(() -> write(newFiles, "before")).explained()).isEqualTo("file exists (in memory)");
        assertThat(refusal(() -> write(newFiles, "after")).code()).isEqualTo(6);
        MemoryStorage overwriting = second.withRules(WriteRules.ANY_FILE);
        Storage anyFile = new OverlayStorage(List.of(first, overwriting, third), OnError.STOP, WriteRules.ANY_FILE);
        assertThat(refusal(() -> write(anyFile, "before")).code()).isEqualTo(6);
        write(anyFile, "after");
        assertThat(read(anyFile, "after")).isEqualTo("upload");
    }

    @Test
    void an_upload_waits_for_the_other_roots_without_a_thread() {
        Queue<Runnable> io = new ArrayDeque<>();
        CompletableFuture<Sink> opened = overlay(OnError.STOP, second, remote)
                .open(wrq("up"), PEER, io::add)
                .toCompletableFuture();
        assertThat(io).isEmpty();
        remote.fail(ErrorCode.FILE_NOT_FOUND);
        while (!io.isEmpty()) {
            io.remove().run();
        }
        assertThat(opened).isCompleted();

        CompletionStage<Sink> unknown = overlay(OnError.STOP, second, remote).open(wrq("up"), PEER, Runnable::run);
        remote.fail(ErrorCode.NOT_DEFINED);
        assertThat(refusal(unknown)).hasMessage("from the origin");
        CompletionStage<Sink> ignored = overlay(OnError.NEXT, second, remote).open(wrq("up"), PEER, Runnable::run);
        remote.fail(ErrorCode.NOT_DEFINED);
        assertThat(ignored.toCompletableFuture()).isCompleted();
    }

    @Test
    void each_root_is_explained_until_one_has_the_file() throws IOException {
        put(third, "c", "third");
        overlay(OnError.NEXT, first, remote, third)
                .explain(rrq("c"), PEER, lines::add)
                .close();
        assertThat(lines)
                .containsExactly(
                        "root 1 of 3: memory",
                        "root 1 of 3: file not found",
                        "root 2 of 3: remote",
                        "root 2 of 3: origin unavailable (refused)",
                        "root 3 of 3: memory");
        lines.clear();
        overlay(OnError.STOP, first, second).explain(wrq("up"), PEER, lines::add);
        assertThat(lines).containsExactly("root 2 of 2: memory, the first that accepts uploads");
        assertThat(second.names()).isEmpty();
    }

    @Test
    void an_overlay_has_threads_of_its_own_unless_its_roots_share_them() {
        assertThat(overlay(OnError.STOP, first, second).ioGroup()).isEqualTo(first.ioGroup());
        Object mixed = overlay(OnError.STOP, first, remote).ioGroup();
        assertThat(mixed)
                .isEqualTo(overlay(OnError.STOP, first, second, remote).ioGroup())
                .isNotEqualTo(first.ioGroup())
                .isNotEqualTo("remote");
        assertThat(overlay(OnError.STOP, first, overlay(OnError.STOP, second, remote))
                        .roots())
                .containsExactly(first, second, remote);
        assertThat(overlay(OnError.STOP, first, remote)).hasToString("memory, then remote");
        assertThat(overlay(OnError.STOP, remote, remote).locate("f")).isEqualTo("f; f");
        assertThatIllegalArgumentException().isThrownBy(() -> overlay(OnError.STOP));
    }
}
