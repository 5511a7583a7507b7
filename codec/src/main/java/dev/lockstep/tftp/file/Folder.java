package dev.lockstep.tftp.file;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.StreamSupport;

/**
 * One open directory. Every name is looked up in it and nowhere else, and no symbolic link is followed, so that
 * nothing swapped in between a check and an open leads out. Where the system has no {@code openat} (Windows) the
 * same is done by path, which leaves that gap open.
 */
public final class Folder implements Closeable {
    private final Path path;
    private final DirectoryStream<Path> stream;
    private final SecureDirectoryStream<Path> secure;

    private Folder(Path path, DirectoryStream<Path> stream) {
        this.path = path;
        this.stream = stream;
        this.secure = stream instanceof SecureDirectoryStream<Path> able ? able : null;
    }

    /** Opens a directory by its path; links on the way are followed. */
    public static Folder open(Path path) throws IOException {
        return new Folder(path, Files.newDirectoryStream(path));
    }

    /** Opens a directory of this one. The caller closes both. */
    public Folder sub(Path name) throws IOException {
        Path child = path.resolve(name);
        if (secure != null) {
            return new Folder(child, secure.newDirectoryStream(name, NOFOLLOW_LINKS));
        }
        if (!Files.isDirectory(child, NOFOLLOW_LINKS)) {
            throw new java.nio.file.NotDirectoryException(child.toString());
        }
        return new Folder(child, Files.newDirectoryStream(child));
    }

    /** The names in this directory, which may be no text. Once. */
    public Iterable<Path> names() {
        return () -> StreamSupport.stream(stream.spliterator(), false)
                .map(Path::getFileName)
                .iterator();
    }

    /** What stands under that name, a link itself rather than what it leads to. */
    public BasicFileAttributes attributes(String name) throws IOException {
        return attributes(Path.of(name));
    }

    /** The same of a name that may be no text. */
    public BasicFileAttributes attributes(Path name) throws IOException {
        if (secure != null) {
            return secure.getFileAttributeView(name, BasicFileAttributeView.class, NOFOLLOW_LINKS)
                    .readAttributes();
        }
        return Files.readAttributes(path.resolve(name), BasicFileAttributes.class, NOFOLLOW_LINKS);
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
        Set<OpenOption> all = new HashSet<>(Set.of(options));
        all.add(LinkOption.NOFOLLOW_LINKS);
        if (secure != null && secure.newByteChannel(Path.of(name), all) instanceof FileChannel file) {
            return file;
        }
        return FileChannel.open(path.resolve(name), all);
    }

    /** Gives one file the permissions of another, where that one exists and the system has such. */
    public void copyPermissions(String from, String to) throws IOException {
        PosixFileAttributeView old = permissions(from);
        PosixFileAttributeView fresh = permissions(to);
        if (old != null && fresh != null && has(from)) {
            fresh.setPermissions(old.readAttributes().permissions());
        }
    }

    private PosixFileAttributeView permissions(String name) {
        return secure != null
                ? secure.getFileAttributeView(Path.of(name), PosixFileAttributeView.class, NOFOLLOW_LINKS)
                : Files.getFileAttributeView(path.resolve(name), PosixFileAttributeView.class, NOFOLLOW_LINKS);
    }

    /** Renames a file of this directory, in one step; a file of the new name is replaced. */
    public void rename(String from, String to) throws IOException {
        if (secure != null) {
            secure.move(Path.of(from), secure, Path.of(to));
        } else {
            Files.move(path.resolve(from), path.resolve(to), ATOMIC_MOVE);
        }
    }

    /** Removes a file of this directory. */
    public void delete(String name) throws IOException {
        if (secure != null) {
            secure.deleteFile(Path.of(name));
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
