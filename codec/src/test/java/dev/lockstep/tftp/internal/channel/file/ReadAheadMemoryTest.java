package dev.lockstep.tftp.internal.channel.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.event.TransferListener;
import dev.lockstep.tftp.internal.channel.TransferContext;
import dev.lockstep.tftp.io.RateLimiter;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.negotiation.TransferSettings;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadAheadMemoryTest {
    private static final int BLKSIZE = 1428;
    private static final int WINDOWSIZE = 64;

    private final BufferBudget budget = new BufferBudget(64 * 1024);
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private boolean ended;
    private TftpException failure;

    private final class Zeros implements Source {
        @Override
        public long size() {
            return 1L << 30;
        }

        @Override
        public int read(ByteBuffer to) {
            int length = to.remaining();
            to.position(to.limit());
            return length;
        }

        @Override
        public void close() {
            // nothing is open
        }
    }

    private final class Silent implements TransferFile.Owner {
        @Override
        public void ready() {}

        @Override
        public void stored() {}

        @Override
        public void failed(TftpException cause) {
            failure = cause;
        }
    }

    private static final class NoMemory extends AbstractByteBufAllocator {
        @Override
        protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
            throw new OutOfMemoryError("no memory");
        }

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            throw new OutOfMemoryError("no direct memory");
        }

        @Override
        public boolean isDirectBufferPooled() {
            return false;
        }
    }

    private ReadAhead readAhead(ByteBufAllocator allocator) {
        TransferContext context = new TransferContext(
                TransferLimits.DEFAULT,
                Runnable::run,
                budget,
                allocator,
                false,
                TransferListener.NONE,
                1 << 20,
                RateLimiter.UNLIMITED,
                SourceChunkReader::new);
        TransferSettings settings = TransferSettings.builder()
                .blksize(BLKSIZE)
                .windowsize(WINDOWSIZE)
                .build();
        ChunkReader reader = new SourceChunkReader(new Zeros(), settings, context, channel.eventLoop());
        return new ReadAhead(reader, BLKSIZE, budget, channel.eventLoop(), new Silent());
    }

    /**
     * Blocks in flight retain the chunks they were cut from. The memory must suffice even if many clients stop
     * replying.
     */
    @Test
    void blocks_in_flight_count_as_taken_memory() {
        ReadAhead blocks = readAhead(UnpooledByteBufAllocator.DEFAULT);
        blocks.start();
        channel.runPendingTasks();
        List<ByteBuf> window = new ArrayList<>();
        while (window.size() < WINDOWSIZE) {
            ByteBuf block = blocks.poll();
            channel.runPendingTasks();
            if (block == null) {
                break;
            }
            window.add(block);
        }
        long held = window.stream().mapToLong(ByteBuf::readableBytes).sum();
        try {
            assertThat(budget.used()).isGreaterThanOrEqualTo(held);
        } finally {
            window.forEach(ByteBuf::release);
            blocks.close(() -> {});
            channel.runPendingTasks();
            channel.finish();
        }
    }

    /** Otherwise its descriptor, and the client's place in the transfer quota, would be lost. */
    @Test
    void a_source_can_be_closed_even_if_there_was_no_memory_for_a_chunk() {
        ReadAhead blocks = readAhead(new NoMemory());
        blocks.start();
        channel.runPendingTasks();
        assertThat(failure).isInstanceOf(TftpException.class);
        blocks.close(() -> ended = true);
        channel.runPendingTasks();
        assertThat(ended).isTrue();
        assertThat(budget.used()).isZero();
    }
}
