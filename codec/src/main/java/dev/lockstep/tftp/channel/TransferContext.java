package dev.lockstep.tftp.channel;

import dev.lockstep.tftp.transfer.Limits;
import dev.lockstep.tftp.transfer.TransferEvent;
import dev.lockstep.tftp.transfer.TransferListener;
import io.netty.buffer.ByteBufAllocator;
import java.util.concurrent.Executor;

/**
 * What the transfers of one server or client share.
 *
 * @param io where blocking file work runs
 * @param budget memory for pieces of files
 * @param segments whether bursts may leave as one segmented datagram
 * @param listener told of every transfer
 * @param progressStep octets between two {@code Progressed} events of a transfer
 * @param chunks of files, which many transfers send; within the budget; null for none
 */
public record TransferContext(
        Limits limits,
        Executor io,
        BufferBudget budget,
        ByteBufAllocator allocator,
        boolean segments,
        TransferListener listener,
        long progressStep,
        RateLimiter rateLimiter,
        ChunkCache chunks) {
    /** At any pace, and without shared pieces. */
    public TransferContext(
            Limits limits,
            Executor io,
            BufferBudget budget,
            ByteBufAllocator allocator,
            boolean segments,
            TransferListener listener,
            long progressStep) {
        this(limits, io, budget, allocator, segments, listener, progressStep, RateLimiter.UNLIMITED, null);
    }

    /** Sees to it that a listener that throws ends neither a transfer nor a handshake. */
    public TransferContext {
        listener = listener instanceof Guarded ? listener : new Guarded(listener);
    }

    /** The same with other threads for blocking file work. */
    public TransferContext withIo(Executor other) {
        return new TransferContext(
                limits, other, budget, allocator, segments, listener, progressStep, rateLimiter, chunks);
    }

    /** The same with other limits. */
    public TransferContext withLimits(Limits other) {
        return new TransferContext(other, io, budget, allocator, segments, listener, progressStep, rateLimiter, chunks);
    }

    /** The same with another listener. */
    public TransferContext withListener(TransferListener other) {
        return new TransferContext(limits, io, budget, allocator, segments, other, progressStep, rateLimiter, chunks);
    }

    /** The same at another pace. */
    public TransferContext withRateLimiter(RateLimiter other) {
        return new TransferContext(limits, io, budget, allocator, segments, listener, progressStep, other, chunks);
    }

    /** The same with pieces of files that are shared. */
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
