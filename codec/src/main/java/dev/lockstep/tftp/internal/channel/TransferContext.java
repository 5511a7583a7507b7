package dev.lockstep.tftp.internal.channel;

import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.event.TransferListener;
import dev.lockstep.tftp.internal.channel.file.BufferBudget;
import dev.lockstep.tftp.internal.channel.file.ChunkCache;
import dev.lockstep.tftp.io.RateLimiter;
import dev.lockstep.tftp.negotiation.TransferLimits;
import io.netty.buffer.ByteBufAllocator;
import java.util.concurrent.Executor;

/**
 * The settings and resources that the transfers of one server or client share.
 *
 * @param limits the limits of this side
 * @param io runs blocking file work
 * @param budget the memory for chunks of files
 * @param allocator allocates the buffers
 * @param segments whether bursts may be sent as segmented datagrams
 * @param listener notified of every transfer
 * @param progressStep bytes between two {@code Progressed} events of a transfer
 * @param rateLimiter limits the rate of the transfers
 * @param chunks the cache of chunks that several transfers send, within the budget; null for none
 */
public record TransferContext(
        TransferLimits limits,
        Executor io,
        BufferBudget budget,
        ByteBufAllocator allocator,
        boolean segments,
        TransferListener listener,
        long progressStep,
        RateLimiter rateLimiter,
        ChunkCache chunks) {
    /** Creates a context without a rate limit and without a chunk cache. */
    public TransferContext(
            TransferLimits limits,
            Executor io,
            BufferBudget budget,
            ByteBufAllocator allocator,
            boolean segments,
            TransferListener listener,
            long progressStep) {
        this(limits, io, budget, allocator, segments, listener, progressStep, RateLimiter.UNLIMITED, null);
    }

    /** Wraps the listener so that an exception that it throws ends neither a transfer nor a handshake. */
    public TransferContext {
        listener = listener instanceof Guarded ? listener : new Guarded(listener);
    }

    /** Returns a copy with another executor for blocking file work. */
    public TransferContext withIo(Executor other) {
        return new TransferContext(
                limits, other, budget, allocator, segments, listener, progressStep, rateLimiter, chunks);
    }

    /** Returns a copy with other limits. */
    public TransferContext withLimits(TransferLimits other) {
        return new TransferContext(other, io, budget, allocator, segments, listener, progressStep, rateLimiter, chunks);
    }

    /** Returns a copy with another listener. */
    public TransferContext withListener(TransferListener other) {
        return new TransferContext(limits, io, budget, allocator, segments, other, progressStep, rateLimiter, chunks);
    }

    /** Returns a copy with another rate limiter. */
    public TransferContext withRateLimiter(RateLimiter other) {
        return new TransferContext(limits, io, budget, allocator, segments, listener, progressStep, other, chunks);
    }

    /** Returns a copy with another chunk cache; null for none. */
    public TransferContext withChunks(ChunkCache shared) {
        return new TransferContext(
                limits, io, budget, allocator, segments, listener, progressStep, rateLimiter, shared);
    }

    private record Guarded(TransferListener listener) implements TransferListener {
        @Override
        public void on(TransferEvent event) {
            try {
                listener.on(event);
            } catch (RuntimeException e) {
                Thread loop = Thread.currentThread();
                loop.getUncaughtExceptionHandler().uncaughtException(loop, e);
            }
        }
    }
}
