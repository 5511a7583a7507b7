package dev.lockstep.tftp.server.internal.cache;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.internal.channel.TransferContext;
import dev.lockstep.tftp.internal.channel.file.BlockingTasks;
import dev.lockstep.tftp.internal.channel.file.Chunk;
import dev.lockstep.tftp.internal.channel.file.ChunkReader;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.server.storage.SharedSource;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.util.function.BiConsumer;

/**
 * Takes the chunks of a file from a {@link ChunkCache} and reads missing ones on the I/O pool. A missing chunk is read
 * by the first transfer that requests it, for all transfers; or only for this one after a shared read has failed.
 */
final class CachedChunkReader implements ChunkReader {
    private static final int CHUNK_SIZE = ChunkCache.CHUNK_SIZE;

    private final SharedSource source;
    private final Object version;
    private final ChunkCache cache;
    private final TransferContext context;
    private final BlockingTasks work;

    /** Number of chunks supplied. */
    private long supplied;

    private boolean sharing = true;

    CachedChunkReader(SharedSource source, ChunkCache cache, TransferContext context, EventExecutor loop) {
        this.source = source;
        this.version = source.version();
        this.cache = cache;
        this.context = context;
        this.work = new BlockingTasks(context.io(), loop);
    }

    @Override
    public boolean isAtEnd() {
        long size = source.size();
        return size != Source.UNKNOWN_SIZE && supplied * CHUNK_SIZE >= size;
    }

    @Override
    public Chunk tryTake() {
        Chunk chunk = sharing ? cache.get(version, supplied) : null;
        supplied += chunk == null ? 0 : 1;
        return chunk;
    }

    @Override
    public int nextSize(boolean least) {
        long size = source.size();
        return size == Source.UNKNOWN_SIZE ? CHUNK_SIZE : (int) Math.min(CHUNK_SIZE, size - supplied * CHUNK_SIZE);
    }

    @Override
    public boolean awaitBytes(Runnable then) {
        return source.awaitBytes(supplied * CHUNK_SIZE + nextSize(true), then);
    }

    @Override
    public void read(int reserved, BiConsumer<Chunk, TftpException> then) {
        if (sharing && cache.await(version, supplied, chunk -> work.onLoop(() -> supply(chunk, then)))) {
            context.budget().giveBack(reserved);
            return;
        }
        Chunk chunk = Chunk.tryAllocate(reserved, true, context);
        if (chunk == null) {
            publish(null);
            work.onLoop(() -> then.accept(null, Chunk.outOfMemory()));
            return;
        }
        long from = supplied * CHUNK_SIZE;
        work.perform(() -> fill(chunk, from), failure -> {
            boolean complete = failure == null && chunk.length() > 0;
            publish(complete ? chunk : null);
            if (complete) {
                supply(chunk, then);
            } else {
                chunk.release();
                then.accept(null, failure);
            }
        });
    }

    /** Reads one chunk. It is empty or short only at the end of a source that did not know its size before. */
    @Blocking
    private void fill(Chunk chunk, long from) throws IOException {
        chunk.fill((to, at) -> source.read(to, from + at));
        if (chunk.length() < chunk.reserved() && from + chunk.length() != source.size()) {
            throw new TftpException(ErrorCode.NOT_DEFINED, "file became shorter while it was read");
        }
    }

    /**
     * Passes a chunk that was read to the waiting transfers and to the cache. After null, this transfer no longer
     * shares chunks.
     */
    private void publish(Chunk chunk) {
        if (sharing) {
            sharing = chunk != null;
            cache.done(version, supplied, chunk);
        }
    }

    /** Supplies a chunk. Null if it could not be shared; then this transfer reads it at the next attempt. */
    private void supply(Chunk chunk, BiConsumer<Chunk, TftpException> then) {
        if (chunk == null) {
            sharing = false;
        } else {
            supplied++;
        }
        then.accept(chunk, null);
    }
}
