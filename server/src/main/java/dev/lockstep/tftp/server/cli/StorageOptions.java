package dev.lockstep.tftp.server.cli;

import dev.lockstep.tftp.server.rules.CommonSettings;
import dev.lockstep.tftp.server.storage.MemoryStorage;
import dev.lockstep.tftp.server.storage.Storage;
import dev.lockstep.tftp.server.storage.WriteRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Flags that say where the files are and what may be uploaded. */
final class StorageOptions {
    private static final int DEFAULT_MEMORY_LIMIT = 64 << 20;

    @Option(names = "--root", paramLabel = "DIR", description = "Files to serve; the working directory by default.")
    private Path root = Path.of("");

    @Option(
            names = "--serve-private",
            description =
                    "Serve files that others may not read by their permissions, too; they are refused by default.")
    private boolean servePrivate;

    @Option(names = "--memory", description = "Serve and keep files in memory instead.")
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

    @Option(names = "--max-size", paramLabel = "SIZE", description = "The largest upload.")
    private ByteSize maxSize = new ByteSize(Long.MAX_VALUE);

    private Storage files;

    /** The storage these flags describe; the same one each time, if it is in memory. */
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

    /** No more than half of the heap: while a file is committed, it is there twice. */
    private long memoryLimit() {
        long half = Runtime.getRuntime().maxMemory() / 2;
        if (memoryLimit.octets() > half) {
            throw new IllegalArgumentException("--memory-limit: " + memoryLimit.octets() + " (expected: at most " + half
                    + ", half of the heap; JAVA_OPTS=-Xmx gives it more)");
        }
        return memoryLimit.octets();
    }

    /** What was uploaded to memory survives the reading of other flags. */
    void keepMemoryOf(StorageOptions before) {
        files = before.files;
    }

    /** What uploads may do. */
    WriteRules writes() {
        if (overwrite && !writable) {
            throw new IllegalArgumentException("--overwrite: without --writable (expected: both)");
        }
        return new WriteRules(writable, overwrite, maxSize.octets());
    }

    /** Whether files are served that others may not read. */
    boolean servePrivate() {
        return servePrivate;
    }

    /** The directory; null if files are in memory. */
    Path root() {
        return memory ? null : root;
    }
}
