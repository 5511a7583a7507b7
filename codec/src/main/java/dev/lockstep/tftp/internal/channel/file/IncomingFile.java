package dev.lockstep.tftp.internal.channel.file;

import dev.lockstep.tftp.internal.channel.TransferContext;
import dev.lockstep.tftp.io.RateLimiter;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.transfer.BlockSink;
import io.netty.util.concurrent.EventExecutor;

/** The file of a transfer that receives. */
public interface IncomingFile extends BlockSink, TransferFile {
    /**
     * Returns a file that writes to the sink, which stays with the caller. The sink is called on the I/O pool if it may
     * block, otherwise on the event loop. Blocks are accepted no faster than the rate limit of the context.
     */
    static IncomingFile to(Sink sink, TransferContext context, EventExecutor loop, Owner owner) {
        IncomingFile file =
                sink.mayBlock() ? new WriteBehind(sink, context, loop, owner) : new WriteThrough(sink, loop, owner);
        return context.rateLimiter() == RateLimiter.UNLIMITED
                ? file
                : new RateLimitedIncomingFile(file, context.rateLimiter(), loop, owner);
    }
}
