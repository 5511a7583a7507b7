package dev.lockstep.tftp.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lockstep.tftp.codec.TftpMessage.Data;
import dev.lockstep.tftp.testing.ByteArraySource;
import dev.lockstep.tftp.testing.MemorySink;
import dev.lockstep.tftp.testing.TestBytes;
import dev.lockstep.tftp.transfer.Limits;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** There is no direct memory for a while: who has begun waits, who begins is told, and nothing is kept. */
class NoMemoryTest {
    private static final int BLKSIZE = 1024;
    private static final int FILE = 300 * 1024;
    private static final InetSocketAddress PEER = new InetSocketAddress("127.0.0.1", 2000);

    private final RecordingOwner owner = new RecordingOwner();
    private final byte[] content = TestBytes.random(FILE);
    private final Memory memory = new Memory();
    private final TransferFixture bench = new TransferFixture(new BurstEncoder(PEER, BLKSIZE, 8, false));

    /** Gives direct memory or does not. */
    private static final class Memory extends AbstractByteBufAllocator {
        private final UnpooledByteBufAllocator all = new UnpooledByteBufAllocator(true);
        private boolean gone;

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            if (gone) {
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
                Limits.DEFAULT, bench.pool, bench.budget, allocator, false, bench.events::add, Long.MAX_VALUE);
    }

    private ReadAhead started() {
        ReadAhead blocks = new ReadAhead(new ByteArraySource(content), BLKSIZE, 8, context(), bench.loop(), owner);
        blocks.start();
        bench.settle();
        return blocks;
    }

    private int take(ReadAhead blocks, int taken) {
        int next = taken;
        for (ByteBuf block = blocks.poll(); block != null; block = blocks.poll()) {
            assertThat(ByteBufUtil.getBytes(block))
                    .isEqualTo(java.util.Arrays.copyOfRange(
                            content, next * BLKSIZE, Math.min(FILE, (next + 1) * BLKSIZE)));
            block.release();
            bench.settle();
            next++;
            if (next > FILE / BLKSIZE) {
                return next;
            }
        }
        return next;
    }

    @AfterEach
    void nothing_is_kept() {
        assertThat(bench.budget.used()).isZero();
        assertThat(memory.all.metric().usedDirectMemory()).isZero();
        assertThat(memory.all.metric().usedHeapMemory()).isZero();
        assertFalse(bench.channel.finish());
    }

    @Test
    void a_running_transfer_waits_for_memory_and_continues() {
        ReadAhead blocks = started();
        memory.gone = true;
        int taken = take(blocks, 0);
        assertThat(taken).isBetween(1, FILE / BLKSIZE - 1);
        bench.pass(10_000);
        assertThat(owner.told).isEmpty();
        memory.gone = false;
        bench.pass(100);
        bench.settle();
        assertThat(owner.told).containsExactly("ready");
        assertThat(take(blocks, taken)).isEqualTo(FILE / BLKSIZE + 1);
        blocks.close(() -> {});
        bench.settle();
    }

    @Test
    void a_transfer_that_ends_while_it_waits_for_memory_closes_its_file() {
        ReadAhead blocks = started();
        memory.gone = true;
        take(blocks, 0);
        boolean[] closed = new boolean[1];
        blocks.close(() -> closed[0] = true);
        bench.pass(100);
        bench.settle();
        assertThat(closed[0]).isTrue();
    }

    @Test
    void without_memory_a_transfer_fails_after_30_seconds() {
        ReadAhead blocks = started();
        memory.gone = true;
        take(blocks, 0);
        for (int i = 0; i < 599; i++) {
            bench.pass(50);
        }
        assertThat(owner.told).isEmpty();
        bench.pass(50);
        assertThat(owner.told).containsExactly("0 out of memory, try again");
        blocks.close(() -> {});
        bench.settle();
    }

    @Test
    void a_transfer_that_begins_without_memory_fails_at_once() {
        memory.gone = true;
        ReadAhead blocks = started();
        assertThat(owner.told).containsExactly("0 out of memory, try again");
        blocks.close(() -> {});
        bench.settle();
    }

    @Test
    void received_blocks_use_heap_memory_instead() {
        MemorySink sink = new MemorySink();
        WriteBehind store = new WriteBehind(sink, context(), bench.loop(), owner);
        for (int at = 0; at < FILE; at += BLKSIZE) {
            memory.gone = at > 10 * BLKSIZE && at < 100 * BLKSIZE;
            ByteBuf block = Unpooled.wrappedBuffer(content, at, BLKSIZE);
            store.offer(block);
            block.release();
        }
        store.commit();
        bench.settle();
        assertThat(sink.content()).isEqualTo(content);
        assertThat(owner.told).containsExactly("stored");
        store.close(() -> {});
        bench.settle();
    }

    @Test
    void without_memory_one_burst_is_sent_from_the_reserve_and_concurrent_ones_are_dropped() {
        bench.channel.config().setAllocator(memory);
        memory.gone = true;
        bench.channel.writeOutbound(new Data(1, Unpooled.copiedBuffer(content, 0, BLKSIZE)));
        ByteBuf lost = Unpooled.copiedBuffer(content, 0, BLKSIZE);
        bench.channel.writeOutbound(new Data(2, lost));
        assertThat(lost.refCnt()).isZero();
        expectBlock(1);
        assertThat(bench.channel.outboundMessages()).isEmpty();
        bench.channel.writeOutbound(new Data(3, Unpooled.copiedBuffer(content, 0, BLKSIZE)));
        expectBlock(3);
    }

    private void expectBlock(int number) {
        ByteBuf sent = bench.channel.readOutbound();
        assertThat(sent.readableBytes()).isEqualTo(BLKSIZE + 4);
        assertThat(sent.getUnsignedShort(2)).isEqualTo(number);
        sent.release();
    }

    /** Kept pieces are given up first, and the one in the cache is not the one that is asked for. */
    @Test
    void memory_of_unused_cached_chunks_is_reclaimed() {
        ChunkCache cache = ChunkCache.within(64L * ChunkCache.CHUNK);
        CachedChunk kept = new CachedChunk(memory.directBuffer(100), 100, new BufferBudget(100));
        assertThat(cache.await("version", 0, chunk -> {})).isFalse();
        cache.done("version", 0, kept);
        kept.release();
        memory.gone = true;
        ChunkAllocator chunks = new ChunkAllocator(context().withChunks(cache), bench.loop());
        assertThat(chunks.tryTake(100)).isNull();
        assertThat(kept.refCnt()).isZero();
        assertThat(chunks.takeLater(true, () -> {})).isFalse();
        List<String> again = new java.util.ArrayList<>();
        assertThat(chunks.takeLater(false, () -> again.add("again"))).isTrue();
        bench.pass(50);
        assertThat(again).containsExactly("again");
    }
}
