package dev.lockstep.tftp.file;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.StreamSupport;

/**
 * One open directory. Every name is looked up in it and nowhere else, and no symbolic link is followed, so that
 * nothing swapped in between a check and an open leads out. Where the system has no {@code openat} (Windows) the
 * same is done by path, which leaves that gap open.
 *
 * <p>A directory that this process may enter but not list (mode 0711) can't be opened without {@code O_PATH}, which Java
 * does not have. Names in it are looked up from the directory above, with its own name before them.
 */
public final class SecureDirectory implements Closeable {
    private static final Path HERE = Path.of("");
    private static final Path THIS = Path.of(".");
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    private final Path path;
    private final DirectoryStream<Path> stream;
    private final SecureDirectoryStream<Path> secure;
    /** Leads from the open directory to this one; empty where that is this one. */
    private final Path way;
    /** The directory that was opened by its path: this one, or above it. */
    private final Path base;

    private SecureDirectory(Path path, DirectoryStream<Path> stream, Path way, Path base) {
        this.path = path;
        this.stream = stream;
        this.secure = stream instanceof SecureDirectoryStream<Path> able ? able : null;
        this.way = way;
        this.base = base;
    }

    /** Opens a directory by its path; links on the way are followed. */
    public static SecureDirectory open(Path path) throws IOException {
        try {
            return new SecureDirectory(path, Files.newDirectoryStream(path), HERE, path);
        } catch (AccessDeniedException e) {
            Path real = path.toRealPath();
            if (real.getParent() == null) {
                throw e;
            }
            try (SecureDirectory parent = open(real.getParent())) {
                return parent.enter(real.getFileName(), real, e);
            }
        }
    }

    /** Opens a directory of this one. The caller closes both. */
    public SecureDirectory sub(Path name) throws IOException {
        Path child = path.resolve(name);
        if (secure != null) {
            try {
                return new SecureDirectory(
                        child, secure.newDirectoryStream(way.resolve(name), NOFOLLOW_LINKS), HERE, base);
            } catch (AccessDeniedException e) {
                if (!isOnlyItsOwners()) {
                    throw e; // somebody could put a link there between a check and an open
                }
                return enter(name, base, e);
            }
        }
        if (!Files.isDirectory(child, NOFOLLOW_LINKS)) {
            throw new java.nio.file.NotDirectoryException(child.toString());
        }
        return new SecureDirectory(child, Files.newDirectoryStream(child), HERE, base);
    }

    /** Whether nobody can rename what is in this directory but root and the owner of the one opened by its path. */
    private boolean isOnlyItsOwners() throws IOException {
        PosixFileAttributeView view = way.equals(HERE)
                ? secure.getFileAttributeView(PosixFileAttributeView.class)
                : secure.getFileAttributeView(way, PosixFileAttributeView.class, NOFOLLOW_LINKS);
        PosixFileAttributes found = view.readAttributes();
        return found.owner().equals(Files.getOwner(base))
                && !found.permissions().contains(PosixFilePermission.GROUP_WRITE)
                && !found.permissions().contains(PosixFilePermission.OTHERS_WRITE);
    }

    /** A directory of this one that can't be opened. */
    private SecureDirectory enter(Path name, Path openedByPath, AccessDeniedException refusal) throws IOException {
        if (secure == null || !attributes(name).isDirectory()) {
            throw refusal;
        }
        return new SecureDirectory(
                path.resolve(name), secure.newDirectoryStream(THIS), way.resolve(name), openedByPath);
    }

    /** The names in this directory, which may be no text. Once. Fails as its iterator does where it can't be listed. */
    public Iterable<Path> names() {
        if (!way.equals(HERE)) {
            throw new DirectoryIteratorException(new AccessDeniedException(path.toString()));
        }
        return () -> StreamSupport.stream(stream.spliterator(), false)
                .map(Path::getFileName)
                .iterator();
    }

    /** What stands under that name, a link itself rather than what it leads to. */
    public BasicFileAttributes attributes(String name) throws IOException {
        return attributes(Path.of(name));
    }

    /** The same of a name that may be no text; where the system has permissions, as {@link PosixFileAttributes}. */
    public BasicFileAttributes attributes(Path name) throws IOException {
        PosixFileAttributeView posix = posixView(name);
        return posix != null
                ? posix.readAttributes()
                : Files.readAttributes(path.resolve(name), BasicFileAttributes.class, NOFOLLOW_LINKS);
    }

    /** Whether anything stands under that name. */
    public boolean has(String name) {
        try {
            attributes(name);
            return true;
        } catch (IOException ignored) {
            return false;
        }
    }

    /** Opens a file of this directory. */
    public FileChannel openFile(String name, StandardOpenOption... options) throws IOException {
        return openFile(name, Set.of(options));
    }

    /**
     * Creates a file of this directory and opens it for writing.
     *
     * @param ownerOnly whether nobody but its owner may open it, where the system has permissions
     */
    public FileChannel createFile(String name, boolean ownerOnly) throws IOException {
        Set<OpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        return ownerOnly && posixView(Path.of(name)) != null
                ? openFile(name, options, PosixFilePermissions.asFileAttribute(OWNER_ONLY))
                : openFile(name, options);
    }

    private FileChannel openFile(String name, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        Set<OpenOption> all = new HashSet<>(options);
        all.add(LinkOption.NOFOLLOW_LINKS);
        if (secure != null && secure.newByteChannel(way.resolve(name), all, attributes) instanceof FileChannel file) {
            return file;
        }
        return FileChannel.open(path.resolve(name), all, attributes);
    }

    /** Returns the permissions of a regular file, or null where there is none or the system has no permissions. */
    public Set<PosixFilePermission> permissions(String name) throws IOException {
        return has(name) && attributes(name) instanceof PosixFileAttributes found && found.isRegularFile()
                ? found.permissions()
                : null;
    }

    /** Sets the permissions of a file; only where {@link #permissions} returns some. Opens and closes the file. */
    public void setPermissions(String name, Set<PosixFilePermission> permissions) throws IOException {
        posixView(Path.of(name)).setPermissions(permissions);
    }

    /** Returns null where the system has no permissions. */
    private PosixFileAttributeView posixView(Path name) {
        return secure != null
                ? secure.getFileAttributeView(way.resolve(name), PosixFileAttributeView.class, NOFOLLOW_LINKS)
                : Files.getFileAttributeView(path.resolve(name), PosixFileAttributeView.class, NOFOLLOW_LINKS);
    }

    /** Renames a file of this directory, in one step; a file of the new name is replaced. */
    public void rename(String from, String to) throws IOException {
        if (secure != null) {
            secure.move(way.resolve(from), secure, way.resolve(to));
        } else {
            Files.move(path.resolve(from), path.resolve(to), ATOMIC_MOVE);
        }
    }

    /** Removes a file of this directory. */
    public void delete(String name) throws IOException {
        if (secure != null) {
            secure.deleteFile(way.resolve(name));
        } else {
            Files.delete(path.resolve(name));
        }
    }

    /** Makes renames durable, where a directory can be opened as a file. */
    public void sync() throws IOException {
        if (secure != null) {
            try (FileChannel directory = openFile(".", StandardOpenOption.READ)) {
                directory.force(true);
            }
        }
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }
}
