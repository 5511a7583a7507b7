package dev.lockstep.tftp.server.storage;

import java.io.IOException;
import java.net.URI;
import java.util.Set;

/**
 * Opens storages in memory: {@code memory:}, or {@code memory:/boot} for the files below a folder. All URIs lead to the
 * same files, which exist as long as the provider.
 */
public final class MemoryStorageProvider implements StorageProvider {
    private static final int DEFAULT_LIMIT = 64 << 20;

    private final MemoryStorage files;

    /** Creates a provider without files, with a limit of 64 MiB for all files. */
    public MemoryStorageProvider() {
        this(DEFAULT_LIMIT);
    }

    /**
     * Creates a provider without files.
     *
     * @param limit the limit in bytes for all files, including running uploads
     * @throws IllegalArgumentException if the limit is less than 1
     */
    public MemoryStorageProvider(long limit) {
        files = new MemoryStorage(limit, WriteRules.READ_ONLY);
    }

    @Override
    public Set<String> schemes() {
        return Set.of("memory");
    }

    @Override
    public Storage open(URI uri, StorageSettings settings) throws IOException {
        return files.withRules(settings.uploads()).below(uri.getSchemeSpecificPart());
    }
}
