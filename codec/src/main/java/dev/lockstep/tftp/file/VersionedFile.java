package dev.lockstep.tftp.file;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.transfer.TftpException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An open file that is read as the version it was opened as, or not at all: the next read after a change of its size or
 * modification time fails, so that old and new bytes are not mixed. Its name, mode, owner and links may change. Safe on
 * any thread.
 */
final class VersionedFile implements Closeable {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private final FileChannel file;
    private final Path path;
    private final FileVersion version;
    /** Leads to the open file where the path no longer does; null while nobody had to look. */
    private volatile Path descriptor;

    /** Takes the channel over, which is open on that version of what stands under that path. */
    VersionedFile(FileChannel file, Path path, FileVersion version) {
        this.file = file;
        this.path = path;
        this.version = version;
    }

    FileVersion version() {
        return version;
    }

    /** As {@link FileChannel#read(ByteBuffer, long)}. */
    int read(ByteBuffer to, long offset) throws IOException {
        try {
            int octets = file.read(to, offset);
            if (!isUnchanged()) {
                throw new TftpException(ErrorCode.NOT_DEFINED, "file changed while it was read, try again");
            }
            return octets;
        } catch (IOException e) {
            throw FileErrors.of(e);
        }
    }

    /** Whether all that was read before this call is of that version: the kernel dates a write before it happens. */
    private boolean isUnchanged() throws IOException {
        FileVersion named = FileVersion.find(path);
        if (named != null && named.isOfSameFileAs(version)) {
            return named.hasSameOctetsAs(version); // chmod, a new hard link or a rename only change ctime
        }
        FileVersion open = openVersion();
        return open == null ? file.size() == version.size() : open.hasSameOctetsAs(version);
    }

    /** What is open, by way of its descriptor; null if the system does not show it. */
    private FileVersion openVersion() throws IOException {
        FileVersion open = descriptor == null ? null : at(descriptor);
        if (open != null || !Files.isDirectory(DESCRIPTORS)) {
            return open;
        }
        try (DirectoryStream<Path> all = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path one : all) {
                open = at(one);
                if (open != null) {
                    descriptor = one;
                    return open;
                }
            }
        }
        return null;
    }

    /** What is open at that descriptor, if it is this file: another transfer's will do, which may be closed later. */
    private FileVersion at(Path one) {
        try {
            FileVersion open = FileVersion.of(one);
            return open.isOfSameFileAs(version) ? open : null;
        } catch (IOException | UnsupportedOperationException e) {
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
