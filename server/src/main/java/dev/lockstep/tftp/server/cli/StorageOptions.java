package dev.lockstep.tftp.server.cli;

import dev.lockstep.tftp.internal.text.ByteSize;
import dev.lockstep.tftp.server.rules.NeighbourTable;
import dev.lockstep.tftp.server.rules.Roots;
import dev.lockstep.tftp.server.storage.MemoryStorageProvider;
import dev.lockstep.tftp.server.storage.OverlayStorage.OnError;
import dev.lockstep.tftp.server.storage.StorageRegistry;
import dev.lockstep.tftp.server.storage.StorageSettings;
import dev.lockstep.tftp.server.storage.WriteRules;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Flags for the location of the files and the permission of uploads. */
final class StorageOptions {
    /** The neighbour table of this machine, for the placeholder {@code {mac}}. */
    static final NeighbourTable NEIGHBOURS = NeighbourTable.ofThisMachine();

    private static final int DEFAULT_MEMORY_LIMIT = 64 << 20;

    @ArgGroup
    private Location location = new Location();

    @Option(
            names = "--on-error",
            paramLabel = "stop|next",
            description = "Whether the next root is asked after an error of one (default ${DEFAULT-VALUE}).")
    private OnError onError = OnError.STOP;

    @Option(names = "--serve-private", description = "Also serve files without read permission for others.")
    private boolean servePrivate;

    @Option(
            names = "--memory-limit",
            paramLabel = "SIZE",
            description = "Memory for files (default 64M, at most half of the heap).")
    private ByteSize memoryLimit;

    @Option(names = "--writable", description = "Accept uploads.")
    private boolean writable;

    @Option(names = "--overwrite", description = "Let uploads replace files; only with --writable.")
    private boolean overwrite;

    @Option(names = "--max-size", paramLabel = "SIZE", description = "Largest upload accepted.")
    private ByteSize maxSize = new ByteSize(Long.MAX_VALUE);

    private final OriginOptions origins;
    private StorageRegistry registry;

    /**
     * Creates the flags with their defaults.
     *
     * @param origins the flags for files on another server
     */
    StorageOptions(OriginOptions origins) {
        this.origins = origins;
    }

    /** The schemes of the URIs that {@code --root} accepts, those of providers on the class path included. */
    static final class Schemes implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return new StorageRegistry(OriginOptions.unused())
                    .schemes().stream().map(scheme -> scheme + ":").iterator();
        }
    }

    /** The flags of the location, which exclude each other. */
    static final class Location {
        @Option(
                names = "--root",
                paramLabel = "DIR|URI",
                completionCandidates = Schemes.class,
                description = "Directory to serve, or a URI: ${COMPLETION-CANDIDATES} (default: the working directory);"
                        + " may be repeated, and the first that has the file serves it.")
        private List<String> roots = List.of("");

        @Option(names = "--memory", description = "Serve and store files in memory instead.")
        private boolean memory;
    }

    /**
     * Opens the roots that these flags name.
     *
     * @throws IOException if files are not accessible
     * @throws IllegalArgumentException if a flag is invalid
     */
    Roots roots() throws IOException {
        StorageSettings settings = settings();
        StorageRegistry all = registry();
        try {
            Roots.Locations locations =
                    new Roots.Locations(location.memory ? List.of("memory:") : location.roots, onError);
            return Roots.open(locations, settings, all, NEIGHBOURS);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--root: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new IOException("--root: " + e.getMessage(), e);
        }
    }

    /** Returns the registry that opens the roots of these flags and of the rules. Creates it once. */
    StorageRegistry registry() {
        if (registry == null) {
            registry = new StorageRegistry(new MemoryStorageProvider(memoryLimit()), origins.provider());
        }
        return registry;
    }

    /**
     * Returns the memory limit in bytes. It is at most half of the heap, because a file exists twice while it is
     * committed.
     */
    private long memoryLimit() {
        long half = Runtime.getRuntime().maxMemory() / 2;
        if (memoryLimit == null) {
            return Math.min(DEFAULT_MEMORY_LIMIT, half);
        }
        if (memoryLimit.bytes() > half) {
            throw new IllegalArgumentException("--memory-limit: " + memoryLimit.bytes() + " (expected: at most " + half
                    + ", half of the heap; JAVA_OPTS=-Xmx gives it more)");
        }
        return memoryLimit.bytes();
    }

    /** Takes over the registry of previous flags, so that uploaded files in memory survive a reload. */
    void keepRegistryOf(StorageOptions before) {
        registry = before.registry();
    }

    /**
     * Returns the settings of the storage.
     *
     * @throws IllegalArgumentException if the flags contradict each other
     */
    StorageSettings settings() {
        if (overwrite && !writable) {
            throw new IllegalArgumentException("--overwrite: without --writable (expected: both)");
        }
        return new StorageSettings(
                new WriteRules(writable, overwrite, maxSize.bytes()), servePrivate, origins.settings());
    }
}
