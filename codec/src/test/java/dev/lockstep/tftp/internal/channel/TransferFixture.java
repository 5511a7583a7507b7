package dev.lockstep.tftp.internal.channel;

import static dev.lockstep.tftp.testing.Wires.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.internal.channel.file.BufferBudget;
import dev.lockstep.tftp.internal.channel.file.ChunkReader;
import dev.lockstep.tftp.internal.channel.file.SourceChunkReader;
import dev.lockstep.tftp.io.RateLimiter;
import dev.lockstep.tftp.negotiation.TransferLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An event loop, a clock and an I/O pool that are advanced by the test. */
public final class TransferFixture {
    public final EmbeddedChannel channel;
    public final ManualExecutor pool = new ManualExecutor();
    public final BufferBudget budget;
    public final List<TransferEvent> events = new ArrayList<>();

    public TransferFixture(ChannelHandler... handlers) {
        this(Long.MAX_VALUE, handlers);
    }

    public TransferFixture(long memory, ChannelHandler... handlers) {
        channel = EmbeddedChannel.builder().handlers(handlers).build();
        channel.freezeTime();
        budget = new BufferBudget(memory);
    }

    /** Returns a context that closes the file at the end of its transfer, as its owner does, and then records the end. */
    public TransferContext owning(AutoCloseable file) {
        return context().withListener(event -> {
            if (event instanceof TransferEvent.Ended) {
                try {
                    file.close();
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            }
            events.add(event);
        });
    }

    public TransferContext context() {
        return context(SourceChunkReader::new);
    }

    public TransferContext context(ChunkReader.Factory chunkReaders) {
        return new TransferContext(
                TransferLimits.DEFAULT,
                pool,
                budget,
                PooledByteBufAllocator.DEFAULT,
                false,
                events::add,
                Long.MAX_VALUE,
                RateLimiter.UNLIMITED,
                chunkReaders);
    }

    public EventExecutor loop() {
        return channel.eventLoop();
    }

    public long now() {
        return loop().ticker().nanoTime();
    }

    /** Runs tasks until neither the pool nor the event loop has any. */
    public void settle() {
        channel.runPendingTasks();
        while (pool.size() > 0) {
            pool.runNext();
            channel.runPendingTasks();
        }
    }

    /** Advances the clock and runs all tasks that become due. */
    public void pass(long millis) {
        channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        channel.runPendingTasks();
    }

    /** Writes bytes, and checks that the handlers pass them on unchanged. */
    public void passOutbound(Object... message) {
        channel.writeOutbound(bytes(message));
        ByteBuf passed = channel.readOutbound();
        assertThat(passed).isEqualTo(bytes(message));
        passed.release();
    }

    /** Receives bytes in a datagram, and checks that the handlers pass it on unchanged. */
    public void passInbound(InetSocketAddress sender, Object... message) {
        channel.writeInbound(new DatagramPacket(bytes(message), new InetSocketAddress("127.0.0.1", 2000), sender));
        DatagramPacket passed = channel.readInbound();
        assertThat(passed.content()).isEqualTo(bytes(message));
        passed.release();
    }
}
