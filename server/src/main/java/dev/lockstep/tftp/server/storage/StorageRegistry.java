package dev.lockstep.tftp.server.storage;

import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Opens storages by their location: the path of a directory, or a URI whose scheme has a {@link StorageProvider}. The
 * schemes {@code file}, {@code memory}, {@code zip}, {@code jar} and {@code classpath} are built in.
 */
@ThreadSafe
public final class StorageRegistry {
    /** A URI with its scheme. A single letter before a colon is a drive. */
    private static final Pattern URI_FORM = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]+):.*", Pattern.DOTALL);

    private final Map<String, StorageProvider> providers = new ConcurrentHashMap<>();

    /**
     * Creates a registry with the built-in providers and those that {@link ServiceLoader} finds.
     *
     * @param more other providers, which those of the {@code ServiceLoader} replace
     */
    public StorageRegistry(StorageProvider... more) {
        register(new DirectoryStorageProvider());
        register(new MemoryStorageProvider());
        register(new ZipStorageProvider());
        register(new ClassPathStorageProvider());
        List.of(more).forEach(this::register);
        ServiceLoader.load(StorageProvider.class).forEach(this::register);
    }

    /**
     * Adds a provider, which replaces others of the same schemes.
     *
     * @param provider the provider
     * @return this registry
     */
    public StorageRegistry register(StorageProvider provider) {
        provider.schemes().forEach(scheme -> providers.put(scheme, provider));
        return this;
    }

    /** {@return the schemes of the URIs that can be opened, sorted} */
    public SortedSet<String> schemes() {
        return new TreeSet<>(providers.keySet());
    }

    /**
     * Opens a storage.
     *
     * @param location the path of a directory, or a URI
     * @param settings what flags or rules set for the files
     * @return the storage
     * @throws IOException if the files are not accessible
     * @throws IllegalArgumentException if the location is invalid; the message has the location and what was expected
     */
    @Blocking
    public Storage open(String location, StorageSettings settings) throws IOException {
        Matcher form = URI_FORM.matcher(location);
        StorageProvider provider = form.matches() ? providers.get(form.group(1).toLowerCase(Locale.ROOT)) : null;
        if (provider != null) {
            return provider.open(uri(location), settings);
        }
        Path directory = location.contains("://") ? null : Path.of(location);
        if (directory == null
                || form.matches() && Files.notExists(directory)) { // or the jar of its provider is missing
            throw new IllegalArgumentException(location + " (expected: a directory that can be read, or a URI of: "
                    + String.join(", ", schemes()) + ")");
        }
        return DirectoryStorageProvider.open(directory, location, settings);
    }

    private static URI uri(String location) {
        try {
            return new URI(location.endsWith(":") ? location + "/" : location);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(location + " (expected: a URI; " + e.getReason() + ")", e);
        }
    }
}
