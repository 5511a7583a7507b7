package dev.lockstep.tftp.channel;

import dev.lockstep.tftp.transfer.Limits;
import dev.lockstep.tftp.transfer.TransferEvent;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An event loop, a clock and an I/O pool that are advanced by the test. */
final class TransferFixture {
    final EmbeddedChannel channel;
    final ManualExecutor pool = new ManualExecutor();
    final BufferBudget budget;
    final List<TransferEvent> events = new ArrayList<>();

    TransferFixture(ChannelHandler... handlers) {
        this(Long.MAX_VALUE, handlers);
    }

    TransferFixture(long memory, ChannelHandler... handlers) {
        channel = EmbeddedChannel.builder().handlers(handlers).build();
        channel.freezeTime();
        budget = new BufferBudget(memory);
    }

    TransferContext context() {
        return new TransferContext(
                Limits.DEFAULT, pool, budget, PooledByteBufAllocator.DEFAULT, false, events::add, Long.MAX_VALUE);
    }

    EventExecutor loop() {
        return channel.eventLoop();
    }

    long now() {
        return loop().ticker().nanoTime();
    }

    /** Runs tasks until neither the pool nor the event loop has any. */
    void settle() {
        channel.runPendingTasks();
        while (pool.size() > 0) {
            pool.runNext();
            channel.runPendingTasks();
        }
    }

    /** Advances the clock and runs all tasks that become due. */
    void pass(long millis) {
        channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        channel.runPendingTasks();
    }
}
