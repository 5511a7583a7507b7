package dev.lockstep.tftp.server.internal.origin;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/**
 * Creates and deletes the folder of a cache. A fetch may end after its test and rename a file while the folder is being
 * deleted, so the deletion is repeated.
 */
final class CacheFolder implements TempDirFactory {
    private static final int ATTEMPTS = 1000;

    private Path folder;

    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext test) throws IOException {
        folder = Files.createTempDirectory("cache");
        return folder;
    }

    @Override
    public void close() throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                delete();
                return;
            } catch (DirectoryNotEmptyException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private void delete() throws IOException {
        List<Path> found;
        try (Stream<Path> files = Files.list(folder)) {
            found = files.toList();
        }
        for (Path file : found) {
            Files.deleteIfExists(file);
        }
        Files.delete(folder);
    }
}
