package dev.lockstep.tftp.channel;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.netty.util.IllegalReferenceCountException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Pieces of files that many transfers send: a thousand clients that ask for one kernel have it read once. A piece is
 * known by the version of its file and its place in it, so no file is ever sent another's octets. Holds no more than
 * half of the budget, gives up what was not asked for longest, and never holds a piece back from those who send it.
 * Safe on any thread; asked once a piece, never for a packet.
 */
public final class ChunkCache {
    /** Octets of all pieces but a file's last. */
    static final int PIECE = 256 * 1024;

    /** With less memory the cache and the transfers beside it would be in each other's way. */
    private static final int FEWEST_PIECES = 16;

    private record Key(Object version, long index) {}

    private final Cache<Key, CachedChunk> chunks;
    private final Map<Key, List<Consumer<CachedChunk>>> awaited = new HashMap<>();

    private ChunkCache(long octets) {
        chunks = Caffeine.newBuilder()
                .maximumWeight(octets)
                .weigher((Key key, CachedChunk chunk) -> chunk.octets())
                .executor(Runnable::run)
                .evictionListener((key, chunk, cause) -> chunk.release())
                .build();
    }

    /** A cache of half of that memory, or null where that is too little to share. */
    public static ChunkCache within(long bufferMemory) {
        return bufferMemory < (long) FEWEST_PIECES * PIECE ? null : new ChunkCache(bufferMemory / 2);
    }

    /** A piece that is here, with a reference for the caller; else null. */
    CachedChunk get(Object version, long index) {
        CachedChunk chunk = chunks.getIfPresent(new Key(version, index));
        try {
            return chunk == null ? null : (CachedChunk) chunk.retain();
        } catch (IllegalReferenceCountException e) {
            return null; // given up this very moment
        }
    }

    /**
     * Has {@code arrived} called when the one who reads that piece now is done, on his thread.
     *
     * @param arrived gets the piece with a reference of its own, or null where it can't be shared
     * @return whether somebody reads it; if not, it is the caller's to read, and {@link #done} is to be called
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

    /** A piece was read, whole and of that version; or {@code null}: the others are to read for themselves. */
    void done(Object version, long index, CachedChunk chunk) {
        Key key = new Key(version, index);
        if (chunk != null) {
            chunk.retain(); // the cache's own
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

    /** Gives all pieces up. */
    public void clear() {
        chunks.asMap().keySet().forEach(key -> {
            CachedChunk chunk = chunks.asMap().remove(key);
            if (chunk != null) {
                chunk.release();
            }
        });
    }
}
