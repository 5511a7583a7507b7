package dev.lockstep.tftp.io;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A file being received. It is written to a hidden temporary file beside the target, which replaces the target
 * atomically when its bytes are on the disk. While it is written it is locked, if the file system supports locks, so
 * that another process that removes stale files can tell it from one that a crash left behind. This process recognizes
 * its own temporary files by their names.
 */
public final class FileSink implements Sink {
    private static final String PREFIX = ".tftp-";
    private static final String SUFFIX = ".part";
    private static final SecureRandom RANDOM = new SecureRandom();
    /**
     * Targets that this process is renaming new files to: of two uploads to the same new name, the one that ends second
     * must find the first. No lock, so that a file system that hangs does not block commits on others.
     */
    private static final Set<Path> PUBLISHING = ConcurrentHashMap.newKeySet();

    /**
     * Names of the temporary files that this process is writing. They are random, so names are distinct across
     * directories.
     */
    private static final Set<String> OWN = ConcurrentHashMap.newKeySet();

    private final SecureDirectory folder;
    private final String target;
    private final boolean replace;
    private final boolean readable;
    private final String temporary;
    private final FileChannel file;
    private boolean committed;

    /**
     * Creates the temporary file. The umask determines the permissions of a new file.
     *
     * @param folder the directory of the file; the sink takes ownership of it, also on failure
     * @param target the name of the file
     * @param replace whether an existing file of that name may be replaced
     * @throws TftpException FILE_EXISTS if the file exists and must not be replaced, or another code if the temporary
     *     file cannot be created
     * @throws IOException if the folder cannot be read or closed
     */
    public FileSink(SecureDirectory folder, String target, boolean replace) throws IOException {
        this(folder, target, replace, false);
    }

    /**
     * Creates the temporary file. If a file is replaced, the new one gets its permissions; until then only the owner
     * may open the temporary file.
     *
     * @param folder the directory of the file; the sink takes ownership of it, also on failure
     * @param target the name of the file
     * @param replace whether an existing file of that name may be replaced
     * @param readable whether all users may read a new file, whatever the umask is
     * @throws TftpException FILE_EXISTS if the file exists and must not be replaced, or another code if the temporary
     *     file cannot be created
     * @throws IOException if the folder cannot be read or closed
     */
    public FileSink(SecureDirectory folder, String target, boolean replace, boolean readable) throws IOException {
        this.folder = folder;
        this.target = target;
        this.replace = replace;
        this.readable = readable;
        byte[] random = new byte[8];
        RANDOM.nextBytes(random);
        this.temporary = PREFIX + HexFormat.of().formatHex(random) + SUFFIX;
        try {
            requireFree();
            OWN.add(temporary);
            file = folder.createFile(temporary, folder.has(target));
        } catch (IOException e) {
            OWN.remove(temporary);
            folder.close();
            throw FileErrors.of(e);
        }
        tryLock(file);
    }

    /** Locks a file while it is open, if that is possible. NFS without a lock daemon, for example, refuses. */
    static void tryLock(FileChannel file) {
        try {
            file.tryLock();
        } catch (IOException ignored) {
            // the lock only protects against the stale-file cleaner of another process
        }
    }

    /**
     * {@return whether this process is writing a temporary file of that name} Opening and closing such a file, even for
     * reading, would release its lock: closing any descriptor of a file releases the locks of the process on it
     * (fcntl(2)).
     *
     * @param name a file name without a directory
     */
    public static boolean isOwn(String name) {
        return OWN.contains(name);
    }

    /**
     * {@return whether a name is that of a temporary file} Such files are incomplete, so clients may neither read nor
     * write them by name.
     *
     * @param name a file name without a directory
     */
    public static boolean isTemporary(String name) {
        return name.startsWith(PREFIX) && name.endsWith(SUFFIX);
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        try {
            while (from.hasRemaining()) {
                file.write(from);
            }
        } catch (IOException e) {
            throw FileErrors.of(e);
        }
    }

    @Override
    public void commit() throws IOException {
        try {
            file.force(true);
            publish();
        } catch (IOException e) {
            throw FileErrors.of(e);
        }
        try {
            folder.sync();
        } catch (IOException ignored) {
            // the file is complete and renamed; some file systems cannot sync a directory
        }
    }

    private void publish() throws IOException {
        Path name = folder.resolve(target);
        boolean claimed = PUBLISHING.add(name);
        try {
            if (!replace && (!claimed || folder.has(target))) {
                throw new TftpException(ErrorCode.FILE_EXISTS, "file exists");
            }
            setPermissions();
            folder.rename(temporary, target);
            committed = true;
        } finally {
            if (claimed) {
                PUBLISHING.remove(name);
            }
        }
    }

    private void setPermissions() throws IOException {
        Set<PosixFilePermission> current = folder.permissions(temporary);
        Set<PosixFilePermission> wanted = folder.permissions(target);
        if (wanted == null && current != null && readable) {
            wanted = EnumSet.of(PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);
            wanted.addAll(current);
        }
        if (wanted != null && !wanted.equals(current)) {
            folder.setPermissions(temporary, wanted);
        }
    }

    private void requireFree() throws IOException {
        if (!replace && folder.has(target)) {
            throw new TftpException(ErrorCode.FILE_EXISTS, "file exists");
        }
    }

    @Override
    public void close() throws IOException {
        try {
            if (!committed) {
                folder.delete(temporary);
            }
        } finally {
            file.close();
            folder.close();
            OWN.remove(temporary);
        }
    }
}
