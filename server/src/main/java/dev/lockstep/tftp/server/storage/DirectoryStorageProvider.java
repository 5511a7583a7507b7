package dev.lockstep.tftp.server.storage;

import dev.lockstep.tftp.internal.text.DirectoryRights;
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
    public Storage open(URI uri, StorageSettings settings) throws IOException {
        Path directory;
        try {
            directory = uri.isOpaque() ? Path.of(uri.getSchemeSpecificPart()) : Path.of(uri);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(uri + " (expected: a directory that can be read)", e);
        }
        return open(directory, uri.toString(), settings);
    }

    /**
     * Opens a directory.
     *
     * @param location the directory as the operator has written it; empty for the working directory
     * @throws IllegalArgumentException if there is no such directory
     * @throws IOException if the directory cannot be opened; the message has the reason
     */
    static Storage open(Path directory, String location, StorageSettings settings) throws IOException {
        try {
            return DirectoryStorage.at(directory, settings.uploads()).servingPrivate(settings.servePrivate());
        } catch (IOException e) {
            String reason = (location.isEmpty() ? directory.toAbsolutePath() : location) + ": "
                    + DirectoryRights.reason(directory, e);
            if (DirectoryRights.isWrongName(directory, e)) {
                throw new IllegalArgumentException(reason + " (expected: a directory that can be read)", e);
            }
            throw new IOException(reason, e);
        }
    }
}
