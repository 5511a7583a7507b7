package dev.lockstep.tftp.server.storage;

import dev.lockstep.tftp.io.FileSink;
import dev.lockstep.tftp.io.SecureDirectory;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the temporary files of uploads that were interrupted by a crash. Files that this process is writing are
 * skipped; files that another process is writing are locked and are kept.
 */
final class StaleUploadCleaner {
    private static final Logger LOG = LoggerFactory.getLogger(StaleUploadCleaner.class);

    private StaleUploadCleaner() {}

    /**
     * Cleans a directory and all below it. Follows no links, even if they are created meanwhile.
     *
     * @throws IOException if the directory cannot be opened
     */
    static void remove(Path root) throws IOException {
        try (SecureDirectory folder = SecureDirectory.open(root)) {
            remove(folder, root);
        }
    }

    /**
     * Cleans one directory.
     *
     * @param path the path for the log; it may lead elsewhere by now
     */
    private static void remove(SecureDirectory folder, Path path) {
        try {
            for (Path name : folder.names()) {
                examine(folder, name, path.resolve(name));
            }
        } catch (DirectoryIteratorException e) {
            LOG.warn(
                    "cannot look for unfinished uploads in {}: {}",
                    path,
                    e.getCause().toString());
        }
    }

    private static void examine(SecureDirectory folder, Path name, Path path) {
        try {
            BasicFileAttributes found = folder.attributes(name);
            if (found.isDirectory()) {
                try (SecureDirectory sub = folder.sub(name)) {
                    remove(sub, path);
                }
            } else if (found.isRegularFile()
                    && FileSink.isTemporary(name.toString())
                    && !FileSink.isOwn(name.toString())) {
                removeUnlessLocked(folder, name.toString(), path);
            }
        } catch (NoSuchFileException ignored) {
            // gone by now
        } catch (IOException e) {
            LOG.warn("cannot look for unfinished uploads in {}: {}", path, e.toString());
        }
    }

    private static void removeUnlessLocked(SecureDirectory folder, String name, Path path) throws NoSuchFileException {
        try (FileChannel channel = folder.openFile(name, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock != null) {
                folder.delete(name);
                LOG.info("removed an unfinished upload: {}", path);
            }
        } catch (NoSuchFileException gone) {
            throw gone;
        } catch (OverlappingFileLockException ignored) {
            // removed by another thread, for a storage of the same directory
        } catch (IOException e) {
            LOG.warn("cannot remove an unfinished upload {}: {}", path, e.toString());
        }
    }
}
