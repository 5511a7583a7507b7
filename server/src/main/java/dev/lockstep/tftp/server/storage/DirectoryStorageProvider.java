package dev.lockstep.tftp.server.storage;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Set;

/** Opens directories: {@code file:/srv/tftp}, {@code file:///srv/tftp}, or {@code file:tftp} for a relative path. */
final class DirectoryStorageProvider implements StorageProvider {
    @Override
    public Set<String> schemes() {
        return Set.of("file");
    }

    @Override
    public Storage open(URI uri, StorageSettings settings) {
        try {
            Path directory = uri.isOpaque() ? Path.of(uri.getSchemeSpecificPart()) : Path.of(uri);
            return open(directory, uri.toString(), settings);
        } catch (IllegalArgumentException e) {
            throw notReadable(uri.toString(), e);
        }
    }

    /**
     * Opens a directory.
     *
     * @param location the directory as the operator has written it
     */
    static Storage open(Path directory, String location, StorageSettings settings) {
        try {
            return DirectoryStorage.at(directory, settings.uploads()).servingPrivate(settings.servePrivate());
        } catch (IOException e) {
            throw notReadable(location, e);
        }
    }

    private static IllegalArgumentException notReadable(String location, Exception cause) {
        return new IllegalArgumentException(location + " (expected: a directory that can be read)", cause);
    }
}
