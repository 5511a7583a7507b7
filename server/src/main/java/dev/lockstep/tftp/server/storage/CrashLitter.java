package dev.lockstep.tftp.server.storage;

import dev.lockstep.tftp.file.FileSink;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes the temporary files of uploads that a crash cut off; those that are still written are locked, and stay. */
final class CrashLitter {
    private static final Logger LOG = LoggerFactory.getLogger(CrashLitter.class);

    private CrashLitter() {}

    /** Goes through the directory and all below it, following no links. */
    static void remove(Path root) throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (attributes.isRegularFile()
                        && FileSink.isTemporary(file.getFileName().toString())) {
                    removeUnlessLocked(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) {
                LOG.warn("cannot look for unfinished uploads in {}: {}", file, failure.toString());
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static void removeUnlessLocked(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock != null) {
                Files.delete(file);
                LOG.info("removed an unfinished upload: {}", file);
            }
        } catch (OverlappingFileLockException ignored) {
            // of another server in this process: still being written
        } catch (IOException e) {
            LOG.warn("cannot remove an unfinished upload: {}", e.toString());
        }
    }
}
