package dev.lockstep.tftp.channel;

import dev.lockstep.tftp.transfer.BlockSink;
import dev.lockstep.tftp.transfer.Sink;
import io.netty.util.concurrent.EventExecutor;

/** The file's side of a transfer that receives. */
interface IncomingFile extends BlockSink, TransferFile {
    /** Takes the sink over, calls it where it may be called, and takes blocks no faster than the context allows. */
    static IncomingFile to(Sink sink, TransferContext context, EventExecutor loop, Owner owner) {
        IncomingFile file =
                sink.mayBlock() ? new WriteBehind(sink, context, loop, owner) : new WriteThrough(sink, loop, owner);
        return context.rateLimiter() == RateLimiter.UNLIMITED
                ? file
                : new RateLimitedIncomingFile(file, context.rateLimiter(), loop, owner);
    }
}
