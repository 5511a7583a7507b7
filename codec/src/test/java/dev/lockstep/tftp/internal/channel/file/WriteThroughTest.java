package dev.lockstep.tftp.internal.channel.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.internal.channel.RecordingOwner;
import dev.lockstep.tftp.internal.channel.TransferFixture;
import dev.lockstep.tftp.io.ForwardingSink;
import dev.lockstep.tftp.io.NetasciiSink;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.testing.MemorySink;
import dev.lockstep.tftp.testing.TestBytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class WriteThroughTest {
    private final RecordingOwner owner = new RecordingOwner();
    private final TransferFixture fixture = new TransferFixture();
    private MemorySink sink = new MemorySink();
    private IncomingFile store;
    private boolean closed;

    private void open(MemorySink file) {
        sink = file.neverBlocking();
        store = IncomingFile.to(file, fixture.context(), fixture.loop(), owner);
        assertThat(store).isInstanceOf(WriteThrough.class);
        store.start();
    }

    private void offer(byte[] bytes) {
        ByteBuf block = Unpooled.wrappedBuffer(bytes);
        store.offer(block);
        assertThat(block.refCnt()).as("the reference stays with the caller").isEqualTo(1);
        assertThat(block.readableBytes()).isEqualTo(bytes.length);
    }

    @AfterEach
    void the_end_needs_no_pool() {
        store.close(() -> closed = true);
        assertThat(fixture.pool.size()).isZero();
        fixture.settle();
        assertThat(closed).isTrue();
        assertThat(sink.isClosed()).as("it stays with its owner").isFalse();
        assertFalse(fixture.channel.finish());
    }

    @Test
    void blocks_are_written_immediately() {
        byte[] file = TestBytes.random(3000);
        open(new MemorySink());
        offer(java.util.Arrays.copyOf(file, 2000));
        assertThat(sink.content()).hasSize(2000);
        offer(java.util.Arrays.copyOfRange(file, 2000, 3000));
        assertThat(store.requestRoom()).isTrue();
        store.commit();
        fixture.settle();
        assertThat(sink.content()).isEqualTo(file);
        assertThat(sink.isCommitted()).isTrue();
        assertThat(owner.calls).containsExactly("stored");
    }

    @Test
    @Tag("case-36")
    void case36_a_full_sink_is_reported_once_and_not_written_again() {
        open(new MemorySink().failingAfter(10, new TftpException(ErrorCode.DISK_FULL, "disk full")));
        offer(new byte[10]);
        offer(new byte[10]);
        offer(new byte[10]);
        store.commit();
        fixture.settle();
        assertThat(owner.calls).containsExactly("3 disk full");
        assertThat(sink.isCommitted()).isFalse();
    }

    @Test
    @Tag("case-35")
    void case35_a_commit_that_fails_is_no_success() {
        open(new MemorySink().failingToCommit(new IOException("secret")));
        offer(new byte[10]);
        store.commit();
        fixture.settle();
        assertThat(owner.calls).containsExactly("0 internal error");
    }

    @Test
    void an_error_thrown_by_a_sink_fails_the_transfer() {
        open(new MemorySink().throwing(new LinkageError("secret")));
        offer(new byte[10]);
        offer(new byte[10]);
        store.commit();
        fixture.settle();
        assertThat(owner.calls).containsExactly("0 internal error");
    }

    @Test
    void an_error_at_commit_is_no_success() {
        open(new MemorySink());
        offer(new byte[10]);
        sink.throwing(new LinkageError("secret"));
        store.commit();
        fixture.settle();
        assertThat(owner.calls).containsExactly("0 internal error");
        assertThat(sink.isCommitted()).isFalse();
    }

    @Test
    void without_a_commit_nothing_is_published() {
        open(new MemorySink());
        offer(new byte[10]);
        assertThat(sink.isCommitted()).isFalse();
        assertThat(owner.calls).isEmpty();
    }

    @Test
    void a_sink_without_room_is_asked_once_until_it_has_room() {
        open(new MemorySink());
        List<Runnable> waiting = new ArrayList<>();
        Sink full = new ForwardingSink(sink) {
            @Override
            public boolean awaitRoom(Runnable then) {
                return waiting.isEmpty() && waiting.add(then);
            }
        };
        store = IncomingFile.to(new NetasciiSink(full), fixture.context(), fixture.loop(), owner);
        assertThat(store.requestRoom()).isFalse();
        assertThat(store.requestRoom()).isFalse();
        offer(new byte[10]); // the rest of a window
        assertThat(sink.content()).hasSize(10);
        waiting.get(0).run();
        fixture.settle();
        assertThat(owner.calls).containsExactly("ready");
        assertThat(store.requestRoom()).isTrue();
    }

    @Test
    void room_after_the_end_is_ignored() {
        open(new MemorySink());
        List<Runnable> waiting = new ArrayList<>();
        Sink full = new ForwardingSink(sink) {
            @Override
            public boolean awaitRoom(Runnable then) {
                return waiting.add(then);
            }
        };
        store = IncomingFile.to(full, fixture.context(), fixture.loop(), owner);
        assertThat(store.requestRoom()).isFalse();
        store.close(() -> {});
        waiting.get(0).run();
        fixture.settle();
        assertThat(owner.calls).isEmpty();
        assertThat(waiting).hasSize(1);
    }

    @Test
    void a_sink_that_may_block_is_written_behind() {
        open(new MemorySink());
        IncomingFile other = IncomingFile.to(new MemorySink(), fixture.context(), fixture.loop(), owner);
        assertThat(other).isInstanceOf(WriteBehind.class);
    }
}
