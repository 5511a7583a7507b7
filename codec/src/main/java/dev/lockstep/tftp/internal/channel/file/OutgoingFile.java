package dev.lockstep.tftp.internal.channel.file;

import dev.lockstep.tftp.internal.channel.TransferContext;
import dev.lockstep.tftp.io.RateLimiter;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.negotiation.TransferSettings;
import dev.lockstep.tftp.transfer.BlockSource;
import io.netty.util.concurrent.EventExecutor;

/** The file of a transfer that sends. */
public interface OutgoingFile extends BlockSource, TransferFile {
    /**
     * Returns a file that reads from the source, which stays with the caller. Blocks are supplied no faster than the
     * rate limit of the context.
     */
    static OutgoingFile from(
            Source source, TransferSettings settings, TransferContext context, EventExecutor loop, Owner owner) {
        ChunkReader reader = context.chunkReaders().of(source, settings, context, loop);
        OutgoingFile blocks = new ReadAhead(reader, settings.blksize(), context.budget(), loop, owner);
        return context.rateLimiter() == RateLimiter.UNLIMITED
                ? blocks
                : new RateLimitedOutgoingFile(blocks, settings.blksize(), context.rateLimiter(), loop, owner);
    }
}
