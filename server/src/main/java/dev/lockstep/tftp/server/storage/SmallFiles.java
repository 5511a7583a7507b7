package dev.lockstep.tftp.server.storage;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.lockstep.tftp.file.FileVersion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Small files by the name they were asked for, whole, for those who ask next. Each time the file is looked at, and what
 * is kept is given away only if it is still that version of that file: one look, which does not wait, since the file
 * was opened within the last second and the kernel has all about it in memory.
 */
final class SmallFiles {
    /** Octets of the largest one. */
    static final int LARGEST = 16 * 1024;

    private static final long MEMORY = 8L << 20;
    private static final int ENTRY = 256;
    private static final Duration AT_HAND = Duration.ofSeconds(1);

    private final FileVersionTracker versions;
    private final Cache<String, Entry> entries;

    private record Entry(Path path, FileVersion version, byte[] content) {}

    SmallFiles(FileVersionTracker versions) {
        this.versions = versions;
        this.entries = Caffeine.newBuilder()
                .maximumWeight(MEMORY)
                .weigher((String name, Entry entry) -> ENTRY + 2 * name.length() + entry.content.length)
                .expireAfterWrite(AT_HAND.toNanos(), TimeUnit.NANOSECONDS)
                .executor(Runnable::run)
                .build();
    }

    /** Keeps a file that was read whole; {@code path} is where the name led, links not followed yet. */
    void put(String name, Path path, FileVersion version, byte[] content) {
        entries.put(name, new Entry(path, version, content));
    }

    /** What the name holds now, if that is here; else null. */
    byte[] get(String name) {
        Entry entry = entries.getIfPresent(name);
        return entry != null && entry.version.equals(versions.of(entry.path)) ? entry.content : null;
    }
}
