package dev.lockstep.tftp.server.cli;

import dev.lockstep.tftp.internal.text.ByteSize;
import dev.lockstep.tftp.server.rules.CommonSettings;
import dev.lockstep.tftp.server.storage.MemoryStorage;
import dev.lockstep.tftp.server.storage.Storage;
import dev.lockstep.tftp.server.storage.WriteRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Flags for the location of the files and the permission of uploads. */
final class StorageOptions {
    private static final int DEFAULT_MEMORY_LIMIT = 64 << 20;

    @Option(names = "--root", paramLabel = "DIR", description = "Directory to serve; the working directory by default.")
    private Path root = Path.of("");

    @Option(
            names = "--serve-private",
            description = "Also serve files without read permission for others; they are refused by default.")
    private boolean servePrivate;

    @Option(names = "--memory", description = "Serve and store files in memory instead.")
    private boolean memory;

    @Option(
            names = "--memory-limit",
            paramLabel = "SIZE",
            description = "Memory for files, at most half of the heap; 64M.")
    private ByteSize memoryLimit = new ByteSize(DEFAULT_MEMORY_LIMIT);

    @Option(names = "--writable", description = "Accept uploads.")
    private boolean writable;

    @Option(names = "--overwrite", description = "Let uploads replace files; only with --writable.")
    private boolean overwrite;

    @Option(names = "--max-size", paramLabel = "SIZE", description = "Largest upload accepted.")
    private ByteSize maxSize = new ByteSize(Long.MAX_VALUE);

    private Storage files;

    /**
     * Returns the storage that these flags describe. A storage in memory is created once.
     *
     * @throws IOException if the directory cannot be opened
     * @throws IllegalArgumentException if a flag is invalid
     */
    Storage storage(CommonSettings.Directories directories) throws IOException {
        if (memory) {
            files = files instanceof MemoryStorage ? files : new MemoryStorage(memoryLimit(), writes());
            return files;
        }
        if (!Files.isDirectory(root)) {
            throw new IllegalArgumentException("--root: " + root + " (expected: a directory)");
        }
        return directories.open(root, writes()).servingPrivate(servePrivate);
    }

    /**
     * Returns the memory limit in bytes. It is at most half of the heap, because a file exists twice while it is
     * committed.
     */
    private long memoryLimit() {
        long half = Runtime.getRuntime().maxMemory() / 2;
        if (memoryLimit.bytes() > half) {
            throw new IllegalArgumentException("--memory-limit: " + memoryLimit.bytes() + " (expected: at most " + half
                    + ", half of the heap; JAVA_OPTS=-Xmx gives it more)");
        }
        return memoryLimit.bytes();
    }

    /** Takes over the memory storage of previous flags, so that uploaded files survive a reload. */
    void keepMemoryOf(StorageOptions before) {
        files = before.files;
    }

    /**
     * Returns the rules for uploads.
     *
     * @throws IllegalArgumentException if the flags contradict each other
     */
    WriteRules writes() {
        if (overwrite && !writable) {
            throw new IllegalArgumentException("--overwrite: without --writable (expected: both)");
        }
        return new WriteRules(writable, overwrite, maxSize.bytes());
    }

    /** Returns true if files without read permission for others are served. */
    boolean servePrivate() {
        return servePrivate;
    }

    /** Returns the root directory, or null if files are in memory. */
    Path root() {
        return memory ? null : root;
    }
}
