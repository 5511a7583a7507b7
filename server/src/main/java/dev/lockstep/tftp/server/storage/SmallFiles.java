package dev.lockstep.tftp.server.storage;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A cache of small files, by the name in the request. A cached file is used only if it is still the same version of the
 * same file. That takes one look-up of its attributes, which does not block: the file was opened within the last
 * second, so the kernel has them in memory.
 */
final class SmallFiles {
    /** Size of the largest cached file in bytes. */
    static final int LARGEST = 16 * 1024;

    private static final long MEMORY = 8L << 20;
    private static final int ENTRY = 256;
    private static final Duration EXPIRY = Duration.ofSeconds(1);

    private final FileVersionTracker versions;
    private final Cache<String, Entry> entries;

    private record Entry(Path path, FileVersion version, byte[] content) {}

    SmallFiles(FileVersionTracker versions) {
        this.versions = versions;
        this.entries = Caffeine.newBuilder()
                .maximumWeight(MEMORY)
                .weigher((String name, Entry entry) -> ENTRY + 2 * name.length() + entry.content.length)
                .expireAfterWrite(EXPIRY.toNanos(), TimeUnit.NANOSECONDS)
                .executor(Runnable::run)
                .build();
    }

    /**
     * Caches a file.
     *
     * @param path the path of the name, with links not followed yet
     * @param content the whole content, which must not be changed any more
     */
    void put(String name, Path path, FileVersion version, byte[] content) {
        entries.put(name, new Entry(path, version, content));
    }

    /** Returns the current content of a file, or null if it is not cached. */
    byte[] get(String name) {
        Entry entry = entries.getIfPresent(name);
        return entry != null && entry.version.equals(versions.of(entry.path)) ? entry.content : null;
    }
}
