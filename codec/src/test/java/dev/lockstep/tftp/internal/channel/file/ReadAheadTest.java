package dev.lockstep.tftp.internal.channel.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.internal.channel.RecordingOwner;
import dev.lockstep.tftp.internal.channel.TransferFixture;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.negotiation.TransferSettings;
import dev.lockstep.tftp.testing.ByteArraySource;
import dev.lockstep.tftp.testing.TestBytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadAheadTest {
    private final RecordingOwner owner = new RecordingOwner();
    private TransferFixture fixture = new TransferFixture();
    private ByteArraySource source;
    private ReadAhead blocks;
    private boolean closed;

    private void open(ByteArraySource file, int blksize, int windowsize) {
        source = file;
        TransferSettings settings = TransferSettings.builder()
                .blksize(blksize)
                .windowsize(windowsize)
                .build();
        ChunkReader reader = new SourceChunkReader(file, settings, fixture.context(), fixture.loop());
        blocks = new ReadAhead(reader, blksize, fixture.budget, fixture.loop(), owner);
        blocks.start();
    }

    /** Closes the source on the I/O pool, as its owner does. */
    private void ended() {
        fixture.pool.execute(() -> {
            source.close();
            closed = true;
        });
    }

    private void close() {
        blocks.close(this::ended);
        fixture.settle();
        assertThat(closed).isTrue();
    }

    @AfterEach
    void all_is_closed_and_given_back() {
        assertThat(source.isClosed()).isTrue();
        assertThat(fixture.budget.used()).isZero();
        assertFalse(fixture.channel.finish());
    }

    @Test
    void waiting_for_memory_is_not_waiting_for_the_disk() {
        int memory = 32 * 1024;
        fixture = new TransferFixture(memory);
        fixture.budget.tryTake(memory, memory);
        open(new ByteArraySource(TestBytes.random(100)), 512, 1);
        fixture.pass(10_000);
        assertThat(blocks.pendingTime(fixture.now())).isZero();
        fixture.budget.giveBack(memory);
        fixture.pass(0);
        fixture.pass(3_000);
        assertThat(blocks.pendingTime(fixture.now())).isEqualTo(TimeUnit.SECONDS.toNanos(3));
        fixture.settle();
        assertThat(blocks.pendingTime(fixture.now())).isZero();
        close();
    }

    /**
     * Takes all blocks, and reads on whenever there is none.
     *
     * @return the lengths of the blocks in bytes
     */
    private List<Integer> takeAll(ByteArrayOutputStream content, int blksize) {
        List<Integer> lengths = new ArrayList<>();
        int length = blksize;
        while (length == blksize) {
            ByteBuf block = blocks.poll();
            if (block == null) {
                int before = owner.calls.size();
                fixture.settle();
                assertThat(owner.calls).hasSize(before + 1).last().isEqualTo("ready");
                continue;
            }
            length = block.readableBytes();
            content.writeBytes(ByteBufUtil.getBytes(block));
            block.release();
            lengths.add(length);
        }
        return lengths;
    }

    @ParameterizedTest
    @CsvSource({"0, 512, 1", "1, 512, 1", "511, 512, 1", "512, 512, 1", "513, 512, 4", "1024, 512, 64", "100, 8, 3"})
    @Tag("case-12")
    void case12_a_file_is_cut_into_blocks_and_ends_in_a_shorter_one(int size, int blksize, int windowsize) {
        for (boolean known : new boolean[] {true, false}) {
            closed = false;
            byte[] file = TestBytes.random(size);
            open(new ByteArraySource(file).claiming(known ? size : Source.UNKNOWN_SIZE), blksize, windowsize);
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            List<Integer> lengths = takeAll(content, blksize);
            assertThat(content.toByteArray()).isEqualTo(file);
            assertThat(lengths).hasSize(size / blksize + 1);
            assertThat(lengths.get(lengths.size() - 1)).isEqualTo(size % blksize);
            close();
        }
    }

    @Test
    void a_long_file_is_complete_with_any_sizes_of_blocks_and_reads() {
        byte[] file = TestBytes.random(600_001);
        for (int blksize : new int[] {8, 511, 1428, 65_464}) {
            for (int windowsize : new int[] {1, 7, 64}) {
                closed = false;
                open(new ByteArraySource(file).atMost(10_007), blksize, windowsize);
                ByteArrayOutputStream content = new ByteArrayOutputStream();
                takeAll(content, blksize);
                assertThat(content.toByteArray())
                        .as("%d x %d", blksize, windowsize)
                        .isEqualTo(file);
                close();
            }
        }
    }

    @Test
    @Tag("case-11")
    void case11_an_empty_file_needs_no_read_if_its_size_is_known() {
        open(new ByteArraySource(new byte[0]), 512, 1);
        ByteBuf block = blocks.poll();
        assertThat(block.readableBytes()).isZero();
        assertThat(fixture.pool.size()).isZero();
        close();
    }

    @Test
    void nothing_is_read_on_the_event_loop() {
        open(new ByteArraySource(TestBytes.random(10)).failing(new IOException("read too far")), 512, 1);
        assertThat(blocks.poll()).isNull();
        assertThat(owner.calls).isEmpty();
        assertThat(fixture.pool.size()).isEqualTo(1);
        fixture.settle();
        assertThat(owner.calls).containsExactly("ready");
        ByteBuf block = blocks.poll();
        assertThat(block.readableBytes()).isEqualTo(10);
        block.release();
        close();
    }

    @Test
    void a_source_that_never_blocks_needs_no_pool() {
        byte[] file = TestBytes.random(300_000);
        open(new ByteArraySource(file).neverBlocking(), 512, 64);
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        assertThat(takeAll(content, 512)).hasSize(300_000 / 512 + 1);
        assertThat(content.toByteArray()).isEqualTo(file);
        assertThat(fixture.pool.size()).isZero();
        close();
    }

    @Test
    void a_long_file_holds_only_two_chunks() {
        open(new ByteArraySource(TestBytes.random(5_000_000)), 512, 1);
        fixture.settle();
        assertThat(fixture.budget.used()).isBetween(32 * 1024L, 512 * 1024L);
        assertThat(owner.calls).as("no block was polled yet").isEmpty();
        close();
    }

    @Test
    @Tag("case-51")
    void case51_a_file_that_became_shorter_fails_the_transfer() {
        open(new ByteArraySource(TestBytes.random(1000)).claiming(2000), 512, 1);
        fixture.settle();
        assertThat(owner.calls).containsExactly("0 file became shorter while it was read");
        close();
    }

    @Test
    @Tag("case-51")
    void case51_a_file_that_grows_is_sent_as_long_as_it_was() {
        open(new ByteArraySource(TestBytes.random(3000)).claiming(1030), 512, 1);
        assertThat(takeAll(new ByteArrayOutputStream(), 512)).containsExactly(512, 512, 6);
        close();
    }

    @Test
    @Tag("case-36")
    void case36_the_failure_of_a_source_is_reported_with_its_code() {
        IOException failure = new TftpException(ErrorCode.ACCESS_VIOLATION, "no more");
        open(
                new ByteArraySource(TestBytes.random(100))
                        .claiming(Source.UNKNOWN_SIZE)
                        .failing(failure),
                512,
                1);
        fixture.settle();
        assertThat(owner.calls).containsExactly("2 no more");
        close();
    }

    @Test
    void a_full_pool_fails_the_transfer() {
        fixture.pool.setFull(true);
        open(new ByteArraySource(TestBytes.random(100)), 512, 1);
        fixture.settle();
        assertThat(owner.calls).containsExactly("0 too busy, try again");
        fixture.pool.setFull(false);
        close();
    }

    @Test
    void closing_waits_for_a_running_read() {
        open(new ByteArraySource(TestBytes.random(100_000)), 512, 1);
        fixture.pool.runNext(); // its end has not been reported yet
        blocks.close(this::ended);
        assertThat(fixture.pool.size()).as("the close comes after the read").isZero();
        assertThat(fixture.budget.used()).as("memory of the read").isPositive();
        fixture.settle();
        assertThat(closed).isTrue();
        assertThat(owner.calls).isEmpty();
    }

    @Test
    void closing_gives_the_memory_of_a_read_that_has_not_begun_back_at_once() {
        open(new ByteArraySource(TestBytes.random(100_000)), 512, 1);
        assertThat(fixture.budget.used()).isPositive();
        blocks.close(this::ended);
        assertThat(fixture.budget.used()).isZero();
        assertThat(closed).isFalse();
        fixture.settle();
        assertThat(closed).isTrue();
        assertThat(owner.calls).isEmpty();
    }

    @Test
    void without_memory_a_file_waits() {
        fixture = new TransferFixture(1024);
        assertThat(fixture.budget.tryTake(1000, 1000)).isEqualTo(1000);
        open(new ByteArraySource(TestBytes.random(100)), 512, 1);
        assertThat(blocks.poll()).isNull();
        fixture.settle();
        assertThat(owner.calls).isEmpty();
        fixture.budget.giveBack(1000);
        fixture.settle();
        assertThat(owner.calls).containsExactly("ready");
        close();
    }

    @Test
    void a_file_that_is_closed_while_it_waits_for_memory_takes_none() {
        fixture = new TransferFixture(1024);
        assertThat(fixture.budget.tryTake(1024, 1024)).isEqualTo(1024);
        open(new ByteArraySource(TestBytes.random(100)), 512, 1);
        blocks.close(this::ended);
        fixture.budget.giveBack(1024);
        fixture.settle();
        assertThat(closed).isTrue();
        assertThat(owner.calls).isEmpty();
    }

    @Test
    void a_budget_smaller_than_a_chunk_still_transfers_a_file() {
        fixture = new TransferFixture(100);
        byte[] file = TestBytes.random(200_000);
        open(new ByteArraySource(file), 512, 64);
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        takeAll(content, 512);
        assertThat(content.toByteArray()).isEqualTo(file);
        close();
    }

    @Test
    void a_block_outlives_its_chunk() {
        byte[] file = TestBytes.random(20);
        open(new ByteArraySource(file), 8, 1);
        fixture.settle();
        ByteBuf first = blocks.poll();
        ByteBuf second = blocks.poll();
        close();
        assertThat(ByteBufUtil.getBytes(first)).isEqualTo(java.util.Arrays.copyOf(file, 8));
        assertThat(ByteBufUtil.getBytes(second)).isEqualTo(java.util.Arrays.copyOfRange(file, 8, 16));
        first.release();
        second.release();
    }
}
