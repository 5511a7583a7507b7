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
import dev.lockstep.tftp.negotiation.TransferLimits;
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
import java.util.List;
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

    private TransferContext context() {
        ByteBufAllocator allocator = memory;
        return new TransferContext(
                TransferLimits.DEFAULT,
                fixture.pool,
                fixture.budget,
                allocator,
                false,
                fixture.events::add,
                Long.MAX_VALUE);
    }

    private ReadAhead started() {
        ReadAhead blocks = new ReadAhead(new ByteArraySource(content), BLKSIZE, 8, context(), fixture.loop(), owner);
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
        assertThat(fixture.budget.used()).isZero();
        assertThat(memory.all.metric().usedDirectMemory()).isZero();
        assertThat(memory.all.metric().usedHeapMemory()).isZero();
        assertFalse(fixture.channel.finish());
    }

    @Test
    void a_running_transfer_waits_for_memory_and_continues() {
        ReadAhead blocks = started();
        memory.exhausted = true;
        int taken = take(blocks, 0);
        assertThat(taken).isBetween(1, FILE / BLKSIZE - 1);
        fixture.pass(10_000);
        assertThat(owner.calls).isEmpty();
        memory.exhausted = false;
        fixture.pass(100);
        fixture.settle();
        assertThat(owner.calls).containsExactly("ready");
        assertThat(take(blocks, taken)).isEqualTo(FILE / BLKSIZE + 1);
        blocks.close(() -> {});
        fixture.settle();
    }

    @Test
    void a_transfer_that_ends_while_it_waits_for_memory_closes_its_file() {
        ReadAhead blocks = started();
        memory.exhausted = true;
        take(blocks, 0);
        boolean[] closed = new boolean[1];
        blocks.close(() -> closed[0] = true);
        fixture.pass(100);
        fixture.settle();
        assertThat(closed[0]).isTrue();
    }

    @Test
    void without_memory_a_transfer_fails_after_30_seconds() {
        ReadAhead blocks = started();
        memory.exhausted = true;
        take(blocks, 0);
        for (int i = 0; i < 599; i++) {
            fixture.pass(50);
        }
        assertThat(owner.calls).isEmpty();
        fixture.pass(50);
        assertThat(owner.calls).containsExactly("0 out of memory, try again");
        blocks.close(() -> {});
        fixture.settle();
    }

    @Test
    void a_transfer_that_begins_without_memory_fails_at_once() {
        memory.exhausted = true;
        ReadAhead blocks = started();
        assertThat(owner.calls).containsExactly("0 out of memory, try again");
        blocks.close(() -> {});
        fixture.settle();
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
        store.close(() -> {});
        fixture.settle();
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
        store.close(() -> {});
        fixture.settle();
        assertThat(sink.isClosed()).isTrue();
    }

    @Test
    void only_copied_bytes_count_as_pending() {
        PendingWrites waiting = new PendingWrites(memory);
        waiting.add(Unpooled.wrappedBuffer(content, 0, BLKSIZE));
        waiting.add(Unpooled.wrappedBuffer(content, 0, 3 * BLKSIZE)); // fills the chunk
        memory.exhausted = true;
        assertThatThrownBy(() -> waiting.add(tooLarge())).isInstanceOf(OutOfMemoryError.class);
        assertThat(waiting.size()).isEqualTo(4 * BLKSIZE);
        waiting.release();
    }

    @Test
    void without_memory_one_burst_is_sent_from_the_reserve_and_concurrent_ones_are_dropped() {
        fixture.channel.config().setAllocator(memory);
        memory.exhausted = true;
        fixture.channel.writeOutbound(new Data(1, Unpooled.copiedBuffer(content, 0, BLKSIZE)));
        ByteBuf lost = Unpooled.copiedBuffer(content, 0, BLKSIZE);
        fixture.channel.writeOutbound(new Data(2, lost));
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

    /** Unused cached chunks are released first. The chunk in the cache is not the requested one. */
    @Test
    void memory_of_unused_cached_chunks_is_reclaimed() {
        ChunkCache cache = ChunkCache.within(64L * ChunkCache.CHUNK_SIZE);
        CachedChunk kept = new CachedChunk(memory.directBuffer(100), 100, new BufferBudget(100));
        assertThat(cache.await("version", 0, chunk -> {})).isFalse();
        cache.done("version", 0, kept);
        kept.release();
        memory.exhausted = true;
        ChunkAllocator chunks = new ChunkAllocator(context().withChunks(cache), fixture.loop());
        assertThat(chunks.tryTake(100)).isNull();
        assertThat(kept.refCnt()).isZero();
        assertThat(chunks.takeLater(true, () -> {})).isFalse();
        List<String> again = new java.util.ArrayList<>();
        assertThat(chunks.takeLater(false, () -> again.add("again"))).isTrue();
        fixture.pass(50);
        assertThat(again).containsExactly("again");
    }
}
