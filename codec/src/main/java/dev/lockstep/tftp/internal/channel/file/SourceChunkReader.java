package dev.lockstep.tftp.internal.channel.file;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.internal.channel.TransferContext;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.negotiation.TransferSettings;
import io.netty.util.concurrent.EventExecutor;
import java.util.function.BiConsumer;

/**
 * Reads the chunks of a source for one transfer, on the I/O pool if the source may block. A chunk is a whole number of
 * blocks, so no block spans two chunks.
 */
public final class SourceChunkReader implements ChunkReader {
    private static final int SMALL_CHUNK = 32 * 1024;
    private static final int LARGE_CHUNK = 256 * 1024;
    private static final int WINDOWS_PER_CHUNK = 4;

    private final Source source;
    private final int wanted;
    private final int least;
    private final TransferContext context;
    private final BlockingTasks work;
    private long read;
    private boolean atEnd;

    /** Creates a reader from the first byte of the source on. */
    public SourceChunkReader(Source source, TransferSettings settings, TransferContext context, EventExecutor loop) {
        int blksize = settings.blksize();
        this.source = source;
        this.atEnd = source.size() == 0;
        this.least = blksize * Math.max(1, Math.min(settings.windowsize(), LARGE_CHUNK / blksize));
        long several = (long) blksize * settings.windowsize() * WINDOWS_PER_CHUNK;
        int chunk = (int) Math.max(SMALL_CHUNK, Math.min(LARGE_CHUNK, several));
        this.wanted = Math.max(least, chunk / blksize * blksize);
        this.context = context;
        this.work = new BlockingTasks(source.mayBlock() ? context.io() : Runnable::run, loop);
    }

    @Override
    public boolean isAtEnd() {
        return atEnd;
    }

    @Override
    public boolean awaitBytes(Runnable then) {
        return source.awaitBytes(read + nextSize(false), then);
    }

    @Override
    public int nextSize(boolean small) {
        int size = small ? least : wanted;
        long fileSize = source.size();
        return fileSize == Source.UNKNOWN_SIZE ? size : (int) Math.min(size, fileSize - read);
    }

    @Override
    public void read(int reserved, BiConsumer<Chunk, TftpException> then) {
        Chunk chunk = Chunk.tryAllocate(reserved, true, context);
        if (chunk == null) {
            work.onLoop(() -> then.accept(null, Chunk.outOfMemory()));
            return;
        }
        work.perform(() -> chunk.fill((to, at) -> source.read(to)), failure -> {
            read += chunk.length();
            long fileSize = source.size();
            atEnd = read == fileSize || chunk.length() < reserved;
            if (failure == null && chunk.length() > 0 && (!atEnd || read >= fileSize)) {
                then.accept(chunk, null);
                return;
            }
            chunk.release();
            boolean shorter = atEnd && read < fileSize;
            then.accept(
                    null,
                    failure == null && shorter
                            ? new TftpException(ErrorCode.NOT_DEFINED, "file became shorter while it was read")
                            : failure);
        });
    }

    @Override
    public void cancel() {
        work.cancel();
    }
}
