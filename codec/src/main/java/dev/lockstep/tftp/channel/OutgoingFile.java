package dev.lockstep.tftp.channel;

import dev.lockstep.tftp.transfer.BlockSource;
import dev.lockstep.tftp.transfer.SharedSource;
import dev.lockstep.tftp.transfer.Source;
import dev.lockstep.tftp.transfer.TransferSettings;
import io.netty.util.concurrent.EventExecutor;

/** The file of a transfer that sends. */
interface OutgoingFile extends BlockSource, TransferFile {
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
