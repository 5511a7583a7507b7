package dev.lockstep.tftp.internal.channel.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.Data;
import dev.lockstep.tftp.internal.channel.BurstEncoder;
import dev.lockstep.tftp.internal.channel.RecordingOwner;
import dev.lockstep.tftp.internal.channel.TransferContext;
import dev.lockstep.tftp.internal.channel.TransferFixture;
import dev.lockstep.tftp.io.RateLimiter;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.negotiation.TransferSettings;
import dev.lockstep.tftp.testing.ByteArraySource;
import dev.lockstep.tftp.testing.MemorySink;
import dev.lockstep.tftp.testing.TestBytes;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledHeapByteBuf;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests a temporary lack of direct memory: running transfers wait, new transfers fail, and all memory is released. */
class NoMemoryTest {
    private static final int BLKSIZE = 1024;
    private static final int FILE = 300 * 1024;
    private static final InetSocketAddress PEER = new InetSocketAddress("127.0.0.1", 2000);

    private final RecordingOwner owner = new RecordingOwner();
    private final byte[] content = TestBytes.random(FILE);
    private final Memory memory = new Memory();
    private final BufferBudget budget = new BufferBudget(Long.MAX_VALUE, 1 << 20);
    private int taken;
    private final TransferFixture fixture = new TransferFixture(new BurstEncoder(PEER, BLKSIZE, 8, false));

    /** An allocator that can run out of direct memory. */
    private static final class Memory extends AbstractByteBufAllocator {
        private final UnpooledByteBufAllocator all = new UnpooledByteBufAllocator(true);
        private boolean exhausted;

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            if (exhausted) {
                throw new OutOfMemoryError("no direct memory");
            }
            return all.directBuffer(initialCapacity, maxCapacity);
        }

        @Override
        protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
            return all.heapBuffer(initialCapacity, maxCapacity);
        }

        @Override
        public boolean isDirectBufferPooled() {
            return false;
        }
    }

    /** Takes all memory of the budget, as other transfers do. One of them waits for more, before any other. */
    private void exhaust() {
        int all = (int) budget.limit();
        taken = (int) (all - budget.used());
        assertThat(budget.tryTake(taken, taken)).isEqualTo(taken);
        assertThat(budget.takeLater(all, true, () -> budget.giveBack(all))).isTrue();
    }

    private void giveBack() {
        budget.giveBack(taken);
        fixture.settle();
    }

    private TransferContext context() {
        ByteBufAllocator allocator = memory;
        return new TransferContext(
                TransferLimits.DEFAULT,
                fixture.pool,
                budget,
                allocator,
                false,
                fixture.events::add,
                Long.MAX_VALUE,
                RateLimiter.UNLIMITED,
                SourceChunkReader::new);
    }

    private ReadAhead started() {
        TransferSettings settings =
                TransferSettings.builder().blksize(BLKSIZE).windowsize(8).build();
        ChunkReader reader = new SourceChunkReader(new ByteArraySource(content), settings, context(), fixture.loop());
        ReadAhead blocks = new ReadAhead(reader, BLKSIZE, budget, fixture.loop(), owner);
        blocks.start();
        fixture.settle();
        return blocks;
    }

    private int take(ReadAhead blocks, int taken) {
        int next = taken;
        for (ByteBuf block = blocks.poll(); block != null; block = blocks.poll()) {
            assertThat(ByteBufUtil.getBytes(block))
                    .isEqualTo(java.util.Arrays.copyOfRange(
                            content, next * BLKSIZE, Math.min(FILE, (next + 1) * BLKSIZE)));
            block.release();
            fixture.settle();
            next++;
            if (next > FILE / BLKSIZE) {
                return next;
            }
        }
        return next;
    }

    @AfterEach
    void nothing_is_kept() {
        assertThat(budget.used()).isZero();
        assertThat(memory.all.metric().usedDirectMemory()).isZero();
        assertThat(memory.all.metric().usedHeapMemory()).isZero();
        assertFalse(fixture.channel.finish());
    }

    @Test
    void a_running_transfer_waits_for_memory_and_continues() {
        ReadAhead blocks = started();
        exhaust();
        int sent = take(blocks, 0);
        assertThat(sent).isBetween(1, FILE / BLKSIZE - 1);
        fixture.pass(10_000);
        assertThat(owner.calls).isEmpty();
        giveBack();
        assertThat(owner.calls).containsExactly("ready");
        assertThat(take(blocks, sent)).isEqualTo(FILE / BLKSIZE + 1);
        blocks.close(() -> {});
        fixture.settle();
    }

    @Test
    void a_transfer_that_ends_while_it_waits_for_memory_closes_its_file() {
        ReadAhead blocks = started();
        exhaust();
        take(blocks, 0);
        boolean[] closed = new boolean[1];
        blocks.close(() -> closed[0] = true);
        assertThat(closed[0]).isTrue();
        giveBack();
    }

    @Test
    void without_memory_a_transfer_fails_after_30_seconds() {
        ReadAhead blocks = started();
        exhaust();
        take(blocks, 0);
        for (int i = 0; i < 599; i++) {
            fixture.pass(50);
        }
        assertThat(owner.calls).isEmpty();
        fixture.pass(50);
        assertThat(owner.calls).containsExactly("0 out of memory, try again");
        assertThat(blocks.poll()).isNull();
        blocks.close(() -> {});
        giveBack();
    }

    @Test
    void a_transfer_that_begins_without_memory_fails_at_once() {
        exhaust();
        ReadAhead blocks = started();
        assertThat(owner.calls).containsExactly("0 out of memory, try again");
        assertThat(blocks.poll()).isNull();
        blocks.close(() -> {});
        giveBack();
    }

    @Test
    void a_transfer_fails_if_there_is_no_memory_although_it_is_reserved() {
        memory.exhausted = true;
        ReadAhead blocks = started();
        assertThat(owner.calls).containsExactly("0 out of memory, try again");
        assertThat(budget.used()).isZero();
        blocks.close(() -> {});
        fixture.settle();
    }

    @Test
    void received_blocks_use_heap_memory_if_the_budget_is_used_up() {
        exhaust();
        MemorySink sink = new MemorySink();
        WriteBehind store = new WriteBehind(sink, context(), fixture.loop(), owner);
        for (int at = 0; at < FILE; at += BLKSIZE) {
            store.offer(Unpooled.wrappedBuffer(content, at, BLKSIZE));
        }
        assertThat(memory.all.metric().usedDirectMemory()).isZero();
        store.commit();
        fixture.settle();
        assertThat(sink.content()).isEqualTo(content);
        assertThat(owner.calls).containsExactly("stored");
        store.close(() -> {});
        giveBack();
    }

    @Test
    void received_blocks_use_heap_memory_instead() {
        MemorySink sink = new MemorySink();
        WriteBehind store = new WriteBehind(sink, context(), fixture.loop(), owner);
        for (int at = 0; at < FILE; at += BLKSIZE) {
            memory.exhausted = at > 10 * BLKSIZE && at < 100 * BLKSIZE;
            ByteBuf block = Unpooled.wrappedBuffer(content, at, BLKSIZE);
            store.offer(block);
            block.release();
        }
        store.commit();
        fixture.settle();
        assertThat(sink.content()).isEqualTo(content);
        assertThat(owner.calls).containsExactly("stored");
        store.close(() -> {});
        fixture.settle();
    }

    /** A block for which there is neither direct memory nor heap: no array is that long. */
    private static ByteBuf tooLarge() {
        return new UnpooledHeapByteBuf(UnpooledByteBufAllocator.DEFAULT, 1, 1) {
            @Override
            public int readableBytes() {
                return Integer.MAX_VALUE;
            }
        }.writeByte(0);
    }

    private void loseBlockBehind(WriteBehind store) {
        assertThat(fixture.pool.size()).as("a running write").isEqualTo(1);
        store.offer(Unpooled.wrappedBuffer(content, 0, BLKSIZE));
        store.offer(Unpooled.wrappedBuffer(content, 0, 3 * BLKSIZE)); // fills the chunk
        memory.exhausted = true;
        store.offer(tooLarge());
    }

    @Test
    void a_file_that_lacks_a_block_is_not_committed() {
        MemorySink sink = new MemorySink();
        WriteBehind store = new WriteBehind(sink, context(), fixture.loop(), owner);
        store.offer(Unpooled.wrappedBuffer(content, 0, 64 * 1024));
        loseBlockBehind(store);
        store.commit();
        fixture.settle();
        assertThat(owner.calls).containsExactly("0 out of memory, try again");
        assertThat(sink.isCommitted()).isFalse();
        store.close(sink::close);
        assertThat(sink.isClosed()).isTrue();
    }

    @Test
    void a_write_that_fails_after_a_block_was_lost_is_not_reported_in_addition() {
        MemorySink sink = new MemorySink().failingAfter(0, new TftpException(ErrorCode.DISK_FULL, "disk full"));
        WriteBehind store = new WriteBehind(sink, context(), fixture.loop(), owner);
        store.offer(Unpooled.wrappedBuffer(content, 0, 64 * 1024));
        loseBlockBehind(store);
        fixture.settle();
        assertThat(owner.calls).containsExactly("0 out of memory, try again");
        store.close(sink::close);
        assertThat(sink.isClosed()).isTrue();
    }

    @Test
    void only_copied_bytes_count_as_pending() {
        PendingWrites waiting = new PendingWrites(context());
        waiting.add(Unpooled.wrappedBuffer(content, 0, BLKSIZE));
        waiting.add(Unpooled.wrappedBuffer(content, 0, 3 * BLKSIZE)); // fills the chunk
        memory.exhausted = true;
        assertThat(waiting.add(tooLarge())).isFalse();
        assertThat(waiting.size()).isEqualTo(4 * BLKSIZE);
        waiting.release();
    }

    @Test
    void without_memory_one_burst_is_sent_from_the_reserve_and_concurrent_ones_are_dropped() {
        fixture.channel.config().setAllocator(memory);
        memory.exhausted = true;
        fixture.channel.writeOutbound(new Data(1, Unpooled.copiedBuffer(content, 0, BLKSIZE)));
        ByteBuf lost = Unpooled.copiedBuffer(content, 0, BLKSIZE);
        assertThatThrownBy(() -> fixture.channel.writeOutbound(new Data(2, lost)))
                .isInstanceOf(OutOfMemoryError.class); // fails only its promise
        assertThat(lost.refCnt()).isZero();
        expectBlock(1);
        assertThat(fixture.channel.outboundMessages()).isEmpty();
        fixture.channel.writeOutbound(new Data(3, Unpooled.copiedBuffer(content, 0, BLKSIZE)));
        expectBlock(3);
    }

    private void expectBlock(int number) {
        ByteBuf sent = fixture.channel.readOutbound();
        assertThat(sent.readableBytes()).isEqualTo(BLKSIZE + 4);
        assertThat(sent.getUnsignedShort(2)).isEqualTo(number);
        sent.release();
    }
}
