package dev.lockstep.tftp.file;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.transfer.Sink;
import dev.lockstep.tftp.transfer.TftpException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.attribute.PosixFilePermission;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A file being received. It grows under a hidden name beside its target and takes the target's place in one step,
 * after its bytes are on the disk. While it grows it is locked where the file system has locks, so that another process
 * that cleans up can tell it from what a crash left behind; this process knows its own by name.
 */
public final class FileSink implements Sink {
    private static final String PREFIX = ".tftp-";
    private static final String SUFFIX = ".part";
    private static final SecureRandom RANDOM = new SecureRandom();
    /** Of two uploads of one new name, the second one to end must see the first. */
    private static final Object PUBLISHING = new Object();

    /** Names of the temporary files that this process writes; random, so that no two folders have the same. */
    private static final Set<String> OWN = ConcurrentHashMap.newKeySet();

    private final SecureDirectory folder;
    private final String target;
    private final boolean replace;
    private final boolean readable;
    private final String temporary;
    private final FileChannel file;
    private boolean committed;

    /**
     * Creates the temporary file.
     *
     * @param folder where the file goes; taken over, also on failure
     * @param replace whether a file of that name may be replaced
     */
    public FileSink(SecureDirectory folder, String target, boolean replace) throws IOException {
        this(folder, target, replace, false);
    }

    /**
     * Creates the temporary file. A file that is replaced leaves its permissions to the new one; until then only the
     * owner may open the temporary file.
     *
     * @param folder where the file goes; taken over, also on failure
     * @param replace whether a file of that name may be replaced
     * @param readable whether everybody may read a new file, whatever the umask says
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

    /** Locks a file for as long as it is open, if that is possible: NFS without a lock daemon, for one, refuses. */
    static void tryLock(FileChannel file) {
        try {
            file.tryLock();
        } catch (IOException ignored) {
            // the lock only protects against the cleaning of another process
        }
    }

    /**
     * Whether this process writes a temporary file of that name now. To open and close such a file, even only to look,
     * would drop its lock (fcntl(2): a process's locks on a file go with any of its descriptors of it).
     */
    public static boolean isOwn(String name) {
        return OWN.contains(name);
    }

    /** Whether that is the name of a file that is not whole yet: nobody may read or write it by name. */
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
            synchronized (PUBLISHING) {
                requireFree();
                setPermissions();
                folder.rename(temporary, target);
            }
            committed = true;
        } catch (IOException e) {
            throw FileErrors.of(e);
        }
        try {
            folder.sync();
        } catch (IOException ignored) {
            // the file is whole and in its place; some file systems can't do more
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
