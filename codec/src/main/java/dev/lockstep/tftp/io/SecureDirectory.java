package dev.lockstep.tftp.io;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import dev.lockstep.tftp.concurrent.Blocking;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
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
 * An open directory. Every name is looked up in it and symbolic links are not followed, so a file that is swapped
 * between a check and an open cannot lead outside of it. If the system has no {@code openat} (Windows), names are
 * looked up by path, and such a swap is possible.
 *
 * <p>A directory that this process may enter but not list (mode 0711) cannot be opened without {@code O_PATH}, which
 * Java does not support. Names in it are looked up relative to its parent directory.
 */
@Blocking
public final class SecureDirectory implements Closeable {
    private static final Path HERE = Path.of("");
    private static final Path THIS = Path.of(".");
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    private final Path path;
    private final DirectoryStream<Path> stream;
    private final SecureDirectoryStream<Path> secure;
    /** Path from the open directory to this one; empty if they are the same. */
    private final Path relative;
    /** The directory that was opened by its path: this one or one above it. */
    private final Path base;

    /** Creates a directory of an open stream; {@link #open} and {@link #sub} are for other classes. */
    SecureDirectory(Path path, DirectoryStream<Path> stream, Path relative, Path base) {
        this.path = path;
        this.stream = stream;
        this.secure = stream instanceof SecureDirectoryStream<Path> able ? able : null;
        this.relative = relative;
        this.base = base;
    }

    /**
     * Opens a directory by its path. Links in the path are followed.
     *
     * @param path the path of the directory
     * @return the open directory
     * @throws IOException if it is not a directory that can be opened
     */
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

    /**
     * Opens a subdirectory without following links. The caller closes both directories.
     *
     * @param name the name of the subdirectory
     * @return the open subdirectory
     * @throws NotDirectoryException if it is a file of another kind, or a link
     * @throws IOException if it cannot be opened
     */
    public SecureDirectory sub(Path name) throws IOException {
        Path child = path.resolve(name);
        if (secure != null) {
            try {
                return new SecureDirectory(
                        child, secure.newDirectoryStream(relative.resolve(name), NOFOLLOW_LINKS), HERE, base);
            } catch (AccessDeniedException e) {
                if (!isWritableByOwnerOnly()) {
                    throw e; // another user could put a link there between a check and an open
                }
                return enter(name, base, e);
            }
        }
        if (!Files.isDirectory(child, NOFOLLOW_LINKS)) {
            throw new NotDirectoryException(child.toString());
        }
        return new SecureDirectory(child, Files.newDirectoryStream(child), HERE, base);
    }

    /**
     * Returns whether only root and the owner of the directory that was opened by its path can rename files in this
     * one.
     */
    private boolean isWritableByOwnerOnly() throws IOException {
        PosixFileAttributeView view = relative.equals(HERE)
                ? secure.getFileAttributeView(PosixFileAttributeView.class)
                : secure.getFileAttributeView(relative, PosixFileAttributeView.class, NOFOLLOW_LINKS);
        PosixFileAttributes found = view.readAttributes();
        return found.owner().equals(Files.getOwner(base))
                && !found.permissions().contains(PosixFilePermission.GROUP_WRITE)
                && !found.permissions().contains(PosixFilePermission.OTHERS_WRITE);
    }

    /**
     * Returns a subdirectory that cannot be opened.
     *
     * @param refusal thrown if it is no directory or cannot be looked up
     */
    private SecureDirectory enter(Path name, Path openedByPath, AccessDeniedException refusal) throws IOException {
        if (secure == null || !attributes(name).isDirectory()) {
            throw refusal;
        }
        return new SecureDirectory(
                path.resolve(name), secure.newDirectoryStream(THIS), relative.resolve(name), openedByPath);
    }

    /**
     * {@return the names in this directory, which may not be valid text} Can be called only once. The iterator throws
     * {@link DirectoryIteratorException} if the directory cannot be read.
     *
     * @throws DirectoryIteratorException if the directory cannot be listed
     */
    public Iterable<Path> names() {
        if (!relative.equals(HERE)) {
            throw new DirectoryIteratorException(new AccessDeniedException(path.toString()));
        }
        return () -> StreamSupport.stream(stream.spliterator(), false)
                .map(Path::getFileName)
                .iterator();
    }

    /**
     * {@return the attributes of a file, or of a link itself}
     *
     * @param name the name of the entry
     * @throws IOException if there is none, or its attributes cannot be read
     */
    public BasicFileAttributes attributes(String name) throws IOException {
        return attributes(Path.of(name));
    }

    /**
     * {@return the attributes of a file, or of a link itself} The name need not be valid text. They are {@link
     * PosixFileAttributes} if the system has permissions.
     *
     * @param name the name of the entry
     * @throws IOException if there is none, or its attributes cannot be read
     */
    public BasicFileAttributes attributes(Path name) throws IOException {
        PosixFileAttributeView posix = posixView(name);
        return posix != null
                ? posix.readAttributes()
                : Files.readAttributes(path.resolve(name), BasicFileAttributes.class, NOFOLLOW_LINKS);
    }

    /**
     * {@return the path of an entry as it was when this directory was opened, to compare names}
     *
     * @param name the name of the entry
     */
    public Path resolve(String name) {
        return path.resolve(name);
    }

    /**
     * {@return whether there is a file of that name}
     *
     * @param name a file name
     */
    public boolean has(String name) {
        try {
            attributes(name);
            return true;
        } catch (IOException ignored) {
            return false;
        }
    }

    /**
     * Opens a file of this directory without following links.
     *
     * @param name the name of the file
     * @param options how to open it
     * @return the open file
     * @throws IOException if it cannot be opened, or is a link
     */
    public FileChannel openFile(String name, StandardOpenOption... options) throws IOException {
        return openFile(name, Set.of(options));
    }

    /**
     * Creates a file of this directory and opens it for writing.
     *
     * @param name the name of the file
     * @param ownerOnly whether only its owner may open it, if the system has permissions
     * @return the open file
     * @throws java.nio.file.FileAlreadyExistsException if there is a file of that name
     * @throws IOException if it cannot be created
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
        if (secure != null
                && secure.newByteChannel(relative.resolve(name), all, attributes) instanceof FileChannel file) {
            return file;
        }
        return FileChannel.open(path.resolve(name), all, attributes);
    }

    /**
     * {@return the permissions of a regular file, or null if there is no such file or the system has no permissions}
     *
     * @param name the name of the file
     * @throws IOException if the attributes cannot be read
     */
    public Set<PosixFilePermission> permissions(String name) throws IOException {
        return has(name) && attributes(name) instanceof PosixFileAttributes found && found.isRegularFile()
                ? found.permissions()
                : null;
    }

    /**
     * Sets the permissions of a file. Must be called only if {@link #permissions} returns some. Opens and closes the
     * file.
     *
     * @param name the name of the file
     * @param permissions its new permissions
     * @throws IOException if they cannot be set
     */
    public void setPermissions(String name, Set<PosixFilePermission> permissions) throws IOException {
        posixView(Path.of(name)).setPermissions(permissions);
    }

    /** Returns the view of a file's permissions, or null if the system has no permissions. */
    private PosixFileAttributeView posixView(Path name) {
        return secure != null
                ? secure.getFileAttributeView(relative.resolve(name), PosixFileAttributeView.class, NOFOLLOW_LINKS)
                : Files.getFileAttributeView(path.resolve(name), PosixFileAttributeView.class, NOFOLLOW_LINKS);
    }

    /**
     * Renames a file of this directory atomically. An existing file of the new name is replaced.
     *
     * @param from the name of the file
     * @param to its new name
     * @throws IOException if it cannot be renamed
     */
    public void rename(String from, String to) throws IOException {
        if (secure != null) {
            secure.move(relative.resolve(from), secure, relative.resolve(to));
        } else {
            Files.move(path.resolve(from), path.resolve(to), ATOMIC_MOVE);
        }
    }

    /**
     * Removes a file of this directory.
     *
     * @param name the name of the file
     * @throws IOException if there is none, or it cannot be removed
     */
    public void delete(String name) throws IOException {
        if (secure != null) {
            secure.deleteFile(relative.resolve(name));
        } else {
            Files.delete(path.resolve(name));
        }
    }

    /**
     * Makes renames durable, if the system can open a directory as a file.
     *
     * @throws IOException if the system reports a failure of the disk
     */
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
