package dev.lockstep.tftp.internal.channel;

import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.event.TransferListener;
import dev.lockstep.tftp.internal.channel.file.BufferBudget;
import dev.lockstep.tftp.internal.channel.file.ChunkReader;
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
 * @param chunkReaders creates the readers of outgoing files; their chunks are within the budget
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
        ChunkReader.Factory chunkReaders) {
    /** Wraps the listener so that an exception that it throws ends neither a transfer nor a handshake. */
    public TransferContext {
        listener = listener instanceof Guarded ? listener : new Guarded(listener);
    }

    /** Returns a copy for one request. */
    public TransferContext with(TransferLimits ofRequest, Executor ioOfFile, RateLimiter ofPeer) {
        return new TransferContext(
                ofRequest, ioOfFile, budget, allocator, segments, listener, progressStep, ofPeer, chunkReaders);
    }

    /** Returns a copy with another listener. */
    public TransferContext withListener(TransferListener other) {
        return new TransferContext(
                limits, io, budget, allocator, segments, other, progressStep, rateLimiter, chunkReaders);
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
