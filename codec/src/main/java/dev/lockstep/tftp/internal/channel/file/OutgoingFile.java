package dev.lockstep.tftp.internal.channel.file;

import dev.lockstep.tftp.internal.channel.TransferContext;
import dev.lockstep.tftp.io.RateLimiter;
import dev.lockstep.tftp.io.SharedSource;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.negotiation.TransferSettings;
import dev.lockstep.tftp.transfer.BlockSource;
import io.netty.util.concurrent.EventExecutor;

/** The file of a transfer that sends. */
public interface OutgoingFile extends BlockSource, TransferFile {
    /**
     * Returns a file that reads from the source and takes ownership of it. What is read is shared with other transfers
     * if that is possible. Blocks are supplied no faster than the rate limit of the context.
     */
    static OutgoingFile from(
            Source source, TransferSettings settings, TransferContext context, EventExecutor loop, Owner owner) {
        OutgoingFile blocks = source instanceof SharedSource shared && context.chunks() != null
                ? new SharedReadAhead(shared, settings.blksize(), context, loop, owner)
                : new ReadAhead(source, settings.blksize(), settings.windowsize(), context, loop, owner);
        return context.rateLimiter() == RateLimiter.UNLIMITED
                ? blocks
                : new RateLimitedOutgoingFile(blocks, settings.blksize(), context.rateLimiter(), loop, owner);
    }
}
