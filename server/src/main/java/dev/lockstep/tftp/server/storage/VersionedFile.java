package dev.lockstep.tftp.server.storage;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.io.FileErrors;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * An open file that is read only as the version it was opened as. The first read after a change of its size or
 * modification time fails, so that old and new bytes are not mixed. Its name, mode, owner and links may change.
 */
@ThreadSafe
final class VersionedFile implements Closeable {
    /** Determines the version of the file at the path of a descriptor. */
    interface Examination {
        FileVersion of(Path descriptor) throws IOException;
    }

    private final FileChannel file;
    private final Path path;
    private final FileVersion version;
    private final Examination examination;
    /**
     * Path of a descriptor of the file under {@code /proc}, used if {@code path} no longer leads to the file; null
     * until it is needed.
     */
    private volatile Path descriptor;
    /** Number of the mount of the file; null until it is needed. */
    private volatile String mount;

    /**
     * Creates a file that takes ownership of the channel.
     *
     * @param file a channel of that version of the file at the path
     */
    VersionedFile(FileChannel file, Path path, FileVersion version) {
        this(file, path, version, FileVersion::of);
    }

    /** Creates a file whose descriptors are examined by the caller's method. */
    VersionedFile(FileChannel file, Path path, FileVersion version, Examination examination) {
        this.file = file;
        this.path = path;
        this.version = version;
        this.examination = examination;
    }

    FileVersion version() {
        return version;
    }

    /**
     * Reads as {@link FileChannel#read(ByteBuffer, long)} does.
     *
     * @throws TftpException if the file has changed
     */
    int read(ByteBuffer to, long offset) throws IOException {
        try {
            int length = file.read(to, offset);
            if (!isUnchanged()) {
                throw new TftpException(ErrorCode.NOT_DEFINED, "file changed while it was read, try again");
            }
            return length;
        } catch (IOException e) {
            throw FileErrors.of(e);
        }
    }

    /**
     * Returns whether everything read before this call is of this version: the kernel sets the time of a write before
     * it changes the content.
     */
    private boolean isUnchanged() throws IOException {
        FileVersion named = FileVersion.find(path);
        if (named != null && named.isOfSameFileAs(version)) {
            return named.hasSameContentAs(version); // chmod, a new hard link or a rename only change ctime
        }
        FileVersion open = openVersion();
        return open == null ? file.size() == version.size() : open.hasSameContentAs(version);
    }

    /** Returns the version of the open file by its descriptor, or null if the system does not provide it. */
    private FileVersion openVersion() throws IOException {
        if (mount == null) {
            mount = Descriptors.mountOf(path);
        }
        FileVersion open = descriptor == null ? null : at(descriptor);
        if (open != null || mount == null) {
            return open;
        }
        for (Path one : Descriptors.all()) {
            open = at(one);
            if (open != null) {
                descriptor = one;
                return open;
            }
        }
        return null;
    }

    /**
     * Returns the version of the file at a descriptor, or null if it is another file. It may be a descriptor of another
     * transfer that is closed later, and its number may then be used for any other file. Only files on the mount of
     * this one are examined, since another file system may not respond. Renaming a file, or a directory above it, does
     * not change its mount.
     */
    private FileVersion at(Path one) {
        if (!Descriptors.isOnMount(one, mount)) {
            return null;
        }
        try {
            FileVersion open = examination.of(one);
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
