package dev.lockstep.tftp.internal.channel.file;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import io.netty.util.IllegalReferenceCountException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A cache of chunks of files that several transfers send: if a thousand clients request one kernel, it is read once. A
 * chunk is identified by the version of its file and its position, so no transfer sends bytes of another file. The
 * cache holds at most half of the budget and evicts the chunks that have not been used for longest. Eviction does not
 * affect transfers that send a chunk. Called once for each chunk, not for each packet.
 */
@ThreadSafe
public final class ChunkCache {
    /** Bytes in all chunks of a file but the last. */
    static final int CHUNK_SIZE = 256 * 1024;

    /** The smallest cache. With less memory, the cache and the transfers would compete for it. */
    private static final int MIN_CHUNKS = 16;

    private record Key(Object version, long index) {}

    private final Cache<Key, CachedChunk> chunks;
    private final Map<Key, List<Consumer<CachedChunk>>> awaited = new HashMap<>();

    private ChunkCache(long size) {
        chunks = Caffeine.newBuilder()
                .maximumWeight(size)
                .weigher((Key key, CachedChunk chunk) -> chunk.size())
                .executor(Runnable::run)
                .evictionListener((key, chunk, cause) -> chunk.release())
                .build();
    }

    /**
     * Returns a cache that uses half of that memory, or null if that is too little to share.
     *
     * @param bufferMemory the size of the budget in bytes
     */
    public static ChunkCache within(long bufferMemory) {
        return bufferMemory < (long) MIN_CHUNKS * CHUNK_SIZE ? null : new ChunkCache(bufferMemory / 2);
    }

    /** Returns a cached chunk with a reference for the caller, or null if it is not cached. */
    CachedChunk get(Object version, long index) {
        CachedChunk chunk = chunks.getIfPresent(new Key(version, index));
        try {
            return chunk == null ? null : (CachedChunk) chunk.retain();
        } catch (IllegalReferenceCountException e) {
            return null; // evicted concurrently
        }
    }

    /**
     * Registers {@code arrived} for a chunk that another transfer is reading. It is called on the thread of that
     * transfer.
     *
     * @param arrived receives the chunk with a reference of its own, or null if the chunk cannot be shared
     * @return whether another transfer is reading the chunk; if not, the caller must read it and call {@link #done}
     */
    boolean await(Object version, long index, Consumer<CachedChunk> arrived) {
        synchronized (awaited) {
            Key key = new Key(version, index);
            List<Consumer<CachedChunk>> others = awaited.get(key);
            if (others == null) {
                awaited.put(key, new ArrayList<>());
                return false;
            }
            others.add(arrived);
            return true;
        }
    }

    /**
     * Called when a chunk has been read, or cannot be shared.
     *
     * @param chunk the complete chunk of that version, or {@code null} if the waiting transfers must read it themselves
     */
    void done(Object version, long index, CachedChunk chunk) {
        Key key = new Key(version, index);
        if (chunk != null) {
            chunk.retain(); // the reference of the cache
            CachedChunk replaced = chunks.asMap().put(key, chunk);
            if (replaced != null) {
                replaced.release();
            }
        }
        List<Consumer<CachedChunk>> waiting;
        synchronized (awaited) {
            waiting = awaited.remove(key);
        }
        waiting.forEach(one -> one.accept(chunk == null ? null : (CachedChunk) chunk.retain()));
    }

    /** Removes all chunks. */
    public void clear() {
        chunks.asMap().keySet().forEach(key -> {
            CachedChunk chunk = chunks.asMap().remove(key);
            if (chunk != null) {
                chunk.release();
            }
        });
    }
}
