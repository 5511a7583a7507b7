package dev.lockstep.tftp.internal.channel.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.event.TransferListener;
import dev.lockstep.tftp.internal.channel.TransferContext;
import dev.lockstep.tftp.io.RateLimiter;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.testing.MemorySink;
import dev.lockstep.tftp.testing.TestBytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PendingWritesTest {
    private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(true);
    private final BufferBudget budget = new BufferBudget(2 << 20);
    private final TransferContext context = new TransferContext(
            TransferLimits.DEFAULT,
            Runnable::run,
            budget,
            memory,
            false,
            TransferListener.NONE,
            Long.MAX_VALUE,
            RateLimiter.UNLIMITED,
            SourceChunkReader::new);
    private final PendingWrites waiting = new PendingWrites(context);

    private void add(byte[] bytes) {
        ByteBuf block = Unpooled.wrappedBuffer(bytes);
        assertThat(waiting.add(block)).isTrue();
        assertThat(block.refCnt()).isEqualTo(1);
        assertThat(block.readableBytes()).isEqualTo(bytes.length);
    }

    private byte[] written() throws IOException {
        try (MemorySink sink = new MemorySink()) {
            waiting.writeTo(sink);
            return sink.content();
        }
    }

    @AfterEach
    void all_memory_is_given_back() {
        waiting.release();
        assertThat(waiting.size()).isZero();
        assertThat(memory.metric().usedDirectMemory()).isZero();
        assertThat(budget.used()).isZero();
    }

    @Test
    void blocks_of_any_length_are_written_in_order() throws IOException {
        SplittableRandom random = new SplittableRandom(1428);
        byte[] file = TestBytes.random(1_000_000);
        for (int at = 0; at < file.length; ) {
            int block = Math.min(file.length - at, random.nextInt(65464) + 1);
            add(Arrays.copyOfRange(file, at, at + block));
            at += block;
            assertThat(waiting.size()).isEqualTo(at);
        }
        assertThat(written()).isEqualTo(file);
    }

    @Test
    void a_small_upload_allocates_four_blocks_and_a_long_one_at_most_one_chunk_in_addition() {
        add(TestBytes.random(512));
        assertThat(memory.metric().usedDirectMemory()).isEqualTo(4 * 512);
        for (int i = 0; i < 1000; i++) {
            add(TestBytes.random(512));
        }
        assertThat(memory.metric().usedDirectMemory()).isBetween(1001L * 512, 1001L * 512 + 64 * 1024);
        assertThat(budget.used()).isEqualTo(memory.metric().usedDirectMemory());
    }

    @Test
    void without_blocks_nothing_is_written() throws IOException {
        add(new byte[0]);
        assertThat(waiting.size()).isZero();
        assertThat(written()).isEmpty();
    }

    @Test
    void a_failure_of_the_disk_is_thrown() throws IOException {
        add(TestBytes.random(100));
        try (MemorySink full = new MemorySink().failingAfter(10, new TftpException(ErrorCode.DISK_FULL, "disk full"))) {
            assertThatThrownBy(() -> waiting.writeTo(full)).hasMessage("disk full");
        }
    }
}
