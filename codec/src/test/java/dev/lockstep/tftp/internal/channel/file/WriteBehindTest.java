package dev.lockstep.tftp.internal.channel.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.internal.channel.RecordingOwner;
import dev.lockstep.tftp.internal.channel.TransferFixture;
import dev.lockstep.tftp.io.ForwardingSink;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.testing.MemorySink;
import dev.lockstep.tftp.testing.TestBytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WriteBehindTest {
    private static final int CHUNK = 64 * 1024;

    private final RecordingOwner owner = new RecordingOwner();
    private final TransferFixture fixture = new TransferFixture(Integer.MAX_VALUE);
    private MemorySink sink = new MemorySink();
    private WriteBehind store = store();
    private boolean closed;

    private WriteBehind store() {
        return new WriteBehind(sink, fixture.context(), fixture.loop(), owner);
    }

    private void storeIn(MemorySink other) {
        sink = other;
        store = store();
    }

    private void offer(byte[] bytes) {
        ByteBuf block = Unpooled.wrappedBuffer(bytes);
        store.offer(block);
        assertThat(block.refCnt()).as("the reference stays with the caller").isEqualTo(1);
        assertThat(block.readableBytes()).isEqualTo(bytes.length);
    }

    /** Closes the sink on the I/O pool, as its owner does. */
    private void ended() {
        fixture.pool.execute(() -> {
            sink.close();
            closed = true;
        });
    }

    private void close() {
        store.close(this::ended);
        fixture.settle();
    }

    @AfterEach
    void all_is_closed() {
        assertThat(closed).isTrue();
        assertThat(sink.isClosed()).isTrue();
        assertFalse(fixture.channel.finish());
    }

    @Test
    void nothing_is_written_on_the_event_loop_and_all_bytes_before_the_commit() {
        byte[] file = TestBytes.random(1000);
        offer(file);
        store.commit();
        assertThat(sink.content()).isEmpty();
        assertThat(owner.calls).isEmpty();
        fixture.settle();
        assertThat(sink.content()).isEqualTo(file);
        assertThat(sink.isCommitted()).isTrue();
        assertThat(owner.calls).containsExactly("stored");
        close();
    }

    @Test
    @Tag("case-35")
    void case35_stored_is_reported_only_after_the_commit() {
        offer(TestBytes.random(10));
        store.commit();
        fixture.pool.runNext(); // the bytes
        fixture.channel.runPendingTasks();
        assertThat(owner.calls).isEmpty();
        assertThat(sink.isCommitted()).isFalse();
        fixture.pool.runNext(); // the commit
        assertThat(owner.calls).isEmpty();
        fixture.channel.runPendingTasks();
        assertThat(owner.calls).containsExactly("stored");
        close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("case-35")
    void case35_stored_is_reported_when_another_machine_has_the_file_and_no_thread_waits_for_it(boolean succeeds) {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        Sink remote = new ForwardingSink(sink) {
            @Override
            public CompletionStage<Void> store() {
                return answer;
            }
        };
        store = new WriteBehind(remote, fixture.context(), fixture.loop(), owner);
        offer(TestBytes.random(10));
        store.commit();
        fixture.settle();
        assertThat(fixture.pool.size()).isZero();
        assertThat(owner.calls).isEmpty();
        if (succeeds) {
            answer.complete(null);
        } else {
            answer.completeExceptionally(new TftpException(ErrorCode.FILE_EXISTS, "file exists"));
        }
        fixture.settle();
        assertThat(owner.calls).containsExactly(succeeds ? "stored" : "6 file exists");
        close();
    }

    @Test
    void closing_waits_for_the_answer_of_another_machine() {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        Sink remote = new ForwardingSink(sink) {
            @Override
            public CompletionStage<Void> store() {
                return answer;
            }
        };
        store = new WriteBehind(remote, fixture.context(), fixture.loop(), owner);
        store.commit();
        fixture.settle();
        close();
        assertThat(closed).isFalse();
        answer.complete(null);
        fixture.settle();
        assertThat(owner.calls).isEmpty();
    }

    @Test
    @Tag("case-11")
    void case11_an_empty_file_is_committed_too() {
        offer(new byte[0]);
        store.commit();
        fixture.settle();
        assertThat(sink.content()).isEmpty();
        assertThat(owner.calls).containsExactly("stored");
        close();
    }

    @Test
    void blocks_are_written_in_order_in_large_chunks() {
        byte[] file = TestBytes.random(300_000);
        for (int at = 0; at < file.length; at += 1000) {
            offer(java.util.Arrays.copyOfRange(file, at, at + 1000));
            if (at % 7000 == 0) {
                fixture.settle();
            }
        }
        store.commit();
        fixture.settle();
        assertThat(sink.content()).isEqualTo(file);
        close();
    }

    @Test
    void from_the_second_chunk_on_256_KiB_are_written_at_once_if_memory_is_ample() {
        offer(TestBytes.random(CHUNK));
        fixture.settle();
        for (int i = 0; i < 3; i++) {
            offer(TestBytes.random(CHUNK));
            assertThat(fixture.pool.size()).isZero();
        }
        offer(TestBytes.random(CHUNK));
        assertThat(fixture.pool.size()).isEqualTo(1);
        fixture.settle();
        assertThat(sink.content()).hasSize(5 * CHUNK);
        close();
        assertThat(fixture.budget.used()).isZero();
    }

    @Test
    void with_half_of_the_memory_taken_chunks_stay_small() {
        assertThat(fixture.budget.tryTake(Integer.MAX_VALUE / 2 + 2, Integer.MAX_VALUE / 2 + 2))
                .isPositive();
        for (int i = 1; i <= 3; i++) {
            offer(TestBytes.random(CHUNK));
            fixture.settle();
            assertThat(sink.content()).hasSize(i * CHUNK);
        }
        close();
    }

    @Test
    void with_little_memory_128_KiB_may_wait_during_a_write() {
        assertThat(fixture.budget.tryTake(Integer.MAX_VALUE, Integer.MAX_VALUE)).isEqualTo(Integer.MAX_VALUE);
        assertRoomFor(128 * 1024);
    }

    @Test
    void with_ample_memory_640_KiB_may_wait_during_a_write() {
        assertRoomFor(640 * 1024);
        assertThat(fixture.budget.used()).isZero();
    }

    /** Fills the queue to one byte below its limit, then adds that byte, and then lets a write finish. */
    private void assertRoomFor(int limit) {
        offer(TestBytes.random(CHUNK));
        assertThat(fixture.pool.size()).isEqualTo(1);
        assertThat(store.requestRoom()).isTrue();
        for (int waiting = 0; waiting < limit - 1024; waiting += 1024) {
            offer(TestBytes.random(1024));
            assertThat(store.requestRoom()).isTrue();
        }
        offer(TestBytes.random(1023));
        assertThat(store.requestRoom()).isTrue();
        offer(TestBytes.random(1));
        assertThat(store.requestRoom()).isFalse();
        assertThat(fixture.pool.size()).as("one call at a time").isEqualTo(1);
        fixture.pool.runNext();
        fixture.channel.runPendingTasks();
        assertThat(owner.calls).containsExactly("ready");
        assertThat(store.requestRoom()).isTrue();
        fixture.settle();
        assertThat(sink.content()).hasSize(CHUNK + limit);
        close();
    }

    @Test
    void ready_is_reported_only_after_a_check_for_room() {
        offer(TestBytes.random(CHUNK));
        offer(TestBytes.random(CHUNK));
        fixture.settle();
        assertThat(owner.calls).isEmpty();
        close();
    }

    @Test
    @Tag("case-36")
    void case36_a_full_disk_is_reported_once_and_nothing_is_written_after_it() {
        storeIn(new MemorySink().failingAfter(CHUNK, new TftpException(ErrorCode.DISK_FULL, "disk full")));
        offer(TestBytes.random(CHUNK));
        fixture.settle();
        offer(TestBytes.random(CHUNK));
        fixture.settle();
        offer(TestBytes.random(CHUNK));
        store.commit();
        fixture.settle();
        assertThat(owner.calls).containsExactly("3 disk full");
        assertThat(sink.content()).hasSize(CHUNK);
        assertThat(sink.isCommitted()).isFalse();
        close();
    }

    @Test
    @Tag("case-35")
    void case35_a_commit_that_fails_is_no_success() {
        storeIn(new MemorySink().failingToCommit(new TftpException(ErrorCode.FILE_EXISTS, "file exists")));
        offer(TestBytes.random(10));
        store.commit();
        fixture.settle();
        assertThat(owner.calls).containsExactly("6 file exists");
        close();
    }

    @Test
    void an_unexpected_failure_of_a_sink_is_reported_without_details() {
        storeIn(new MemorySink().failingAfter(0, new java.io.IOException("/srv/tftp/secret")));
        offer(TestBytes.random(10));
        store.commit();
        fixture.settle();
        assertThat(owner.calls).containsExactly("0 internal error");
        close();
    }

    @Test
    void closing_waits_for_a_running_write_and_commits_nothing() {
        offer(TestBytes.random(CHUNK));
        offer(TestBytes.random(100));
        fixture.pool.runNext(); // its end has not been reported yet
        store.close(this::ended);
        assertThat(fixture.pool.size()).as("the close comes after the write").isZero();
        assertThat(closed).isFalse();
        fixture.settle();
        assertThat(sink.isCommitted()).isFalse();
        assertThat(owner.calls).isEmpty();
    }

    @Test
    void closing_cancels_a_commit_that_has_not_begun() {
        store.commit();
        store.close(this::ended);
        fixture.settle();
        assertThat(sink.isCommitted()).isFalse();
        assertThat(owner.calls).isEmpty();
    }

    @Test
    void after_the_close_nothing_is_written() {
        close();
        offer(TestBytes.random(CHUNK));
        store.commit();
        fixture.settle();
        assertThat(sink.content()).isEmpty();
        assertThat(sink.isCommitted()).isFalse();
    }
}
