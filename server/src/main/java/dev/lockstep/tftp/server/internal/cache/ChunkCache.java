package dev.lockstep.tftp.server.internal.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.internal.channel.TransferContext;
import dev.lockstep.tftp.internal.channel.file.BufferBudget;
import dev.lockstep.tftp.internal.channel.file.Chunk;
import dev.lockstep.tftp.internal.channel.file.ChunkReader;
import dev.lockstep.tftp.internal.channel.file.SourceChunkReader;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.negotiation.TransferSettings;
import dev.lockstep.tftp.server.ServerMetrics.ChunkCacheMetrics;
import dev.lockstep.tftp.server.storage.SharedSource;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * A cache of chunks of files that several transfers send: if a thousand clients request one kernel, it is read once. A
 * chunk is identified by the version of its file and its position, so no transfer sends bytes of another file. The
 * cache holds at most half of the budget and evicts the chunks that have not been used for longest. Eviction does not
 * affect transfers that send a chunk. Called once for each chunk, not for each packet.
 */
@ThreadSafe
public final class ChunkCache implements ChunkReader.Factory {
    /** Bytes in all chunks of a file but the last. */
    static final int CHUNK_SIZE = 256 * 1024;

    /** The smallest cache. With less memory, the cache and the transfers would compete for it. */
    private static final int MIN_CHUNKS = 16;

    private record Key(Object version, long index) {}

    private final Cache<Key, Chunk> chunks;
    private final Map<Key, List<Consumer<Chunk>>> awaited = new HashMap<>();

    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();

    private ChunkCache(long size) {
        chunks = Caffeine.newBuilder()
                .maximumWeight(size)
                .weigher((Key key, Chunk chunk) -> chunk.reserved())
                .executor(Runnable::run)
                .evictionListener((key, chunk, cause) -> chunk.release())
                .build();
    }

    /**
     * Returns a cache that uses half of the budget, or null if that is too little to share. The cache is cleared before
     * a transfer is refused for lack of memory.
     */
    public static ChunkCache within(BufferBudget budget) {
        if (budget.limit() < (long) MIN_CHUNKS * CHUNK_SIZE) {
            return null;
        }
        ChunkCache cache = new ChunkCache(budget.limit() / 2);
        budget.reclaimWith(cache::clear);
        return cache;
    }

    /**
     * Returns a reader that takes chunks from this cache if the source can be shared, otherwise one for a single
     * transfer.
     */
    @Override
    public ChunkReader of(Source source, TransferSettings settings, TransferContext context, EventExecutor loop) {
        return source instanceof SharedSource shared
                ? new CachedChunkReader(shared, this, context, loop)
                : new SourceChunkReader(source, settings, context, loop);
    }

    /** Returns a cached chunk with a reference for the caller, or null if it is not cached. */
    Chunk get(Object version, long index) {
        return get(new Key(version, index));
    }

    private Chunk get(Key key) {
        Chunk chunk = chunks.getIfPresent(key);
        try {
            if (chunk != null) {
                chunk.retain();
                hits.increment();
            }
            return chunk;
        } catch (IllegalReferenceCountException e) {
            return null; // evicted concurrently
        }
    }

    /**
     * Passes a chunk to {@code arrived} that is cached, or that another transfer is reading. In that case it is called
     * later, on the thread of that transfer.
     *
     * @param arrived receives the chunk with a reference of its own, or null if the chunk cannot be shared
     * @return whether there is such a chunk; if not, the caller must read it and call {@link #done}
     */
    boolean await(Object version, long index, Consumer<Chunk> arrived) {
        Key key = new Key(version, index);
        Chunk cached;
        synchronized (awaited) {
            List<Consumer<Chunk>> others = awaited.get(key);
            if (others != null) {
                hits.increment();
                others.add(arrived);
                return true;
            }
            cached = get(key);
            if (cached == null) {
                awaited.put(key, new ArrayList<>());
                misses.increment();
                return false;
            }
        }
        arrived.accept(cached);
        return true;
    }

    /**
     * Called when a chunk has been read, or cannot be shared.
     *
     * @param chunk the complete chunk of that version, or {@code null} if the waiting transfers must read it themselves
     */
    void done(Object version, long index, Chunk chunk) {
        Key key = new Key(version, index);
        if (chunk != null) {
            chunk.retain(); // the reference of the cache
            Chunk replaced = chunks.asMap().put(key, chunk);
            if (replaced != null) {
                replaced.release();
            }
        }
        List<Consumer<Chunk>> waiting;
        synchronized (awaited) {
            waiting = awaited.remove(key);
        }
        waiting.forEach(one -> one.accept(chunk == null ? null : (Chunk) chunk.retain()));
    }

    /** Returns the current size and counts. */
    public ChunkCacheMetrics metrics() {
        long bytes = chunks.policy()
                .eviction()
                .map(eviction -> eviction.weightedSize().orElse(0))
                .orElse(0L);
        return new ChunkCacheMetrics(bytes, hits.sum(), misses.sum());
    }

    /** Removes all chunks. */
    public void clear() {
        chunks.asMap().keySet().forEach(key -> {
            Chunk chunk = chunks.asMap().remove(key);
            if (chunk != null) {
                chunk.release();
            }
        });
    }
}
