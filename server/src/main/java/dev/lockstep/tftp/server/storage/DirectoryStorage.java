package dev.lockstep.tftp.server.storage;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.file.FileErrors;
import dev.lockstep.tftp.file.FileSink;
import dev.lockstep.tftp.file.SecureDirectory;
import dev.lockstep.tftp.transfer.Sink;
import dev.lockstep.tftp.transfer.Source;
import dev.lockstep.tftp.transfer.TftpException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;

/**
 * The regular files below a directory. A name leads nowhere else: it is resolved, links included, compared with the
 * root element by element, and then walked again from the root without following any link, so that a link swapped
 * in between is an error and not a way out.
 */
public final class DirectoryStorage implements Storage {
    /** Of a file that is changed again and again just while it is opened. */
    private static final int MOST_TRIES = 5;

    private final Path base;
    private final Path root;
    private final WriteRules rules;
    private final boolean servesPrivate;
    private final FileVersionTracker versions;
    private final FileOpener reads;

    /**
     * A storage.
     *
     * @param base opened by its path, which is the operator's
     * @param root there or below, where the base is the only way to it: a name that a client said may have led here
     * @param servesPrivate whether files are served that others may not read
     */
    private DirectoryStorage(
            Path base, Path root, WriteRules rules, boolean servesPrivate, FileVersionTracker versions) {
        this.base = base;
        this.root = root;
        this.rules = rules;
        this.servesPrivate = servesPrivate;
        this.versions = versions;
        this.reads = new FileOpener(versions);
    }

    /**
     * A storage on that directory.
     *
     * @throws IOException if it is not a directory that can be read
     */
    public static DirectoryStorage at(Path directory, WriteRules rules) throws IOException {
        return at(directory, rules, InstantSource.system());
    }

    /** The same by that clock. */
    static DirectoryStorage at(Path directory, WriteRules rules, InstantSource clock) throws IOException {
        Path root = directory.toRealPath();
        SecureDirectory.open(root).close();
        return new DirectoryStorage(root, root, rules, false, new FileVersionTracker(root, clock));
    }

    /**
     * Removes the temporary files of uploads that a crash cut off, in the directory and all below it. Those of uploads
     * that run stay, also those of other processes, unless the file system has no locks. Blocks for as long as it takes to
     * list the whole tree.
     */
    public void removeStaleUploads() throws IOException {
        StaleUploadCleaner.remove(root);
    }

    /**
     * Returns the same storage with or without the files that others may not read, by their permissions. Without is the
     * default: a TFTP client is nobody the system knows.
     */
    public DirectoryStorage servingPrivate(boolean served) {
        return served == servesPrivate ? this : new DirectoryStorage(base, root, rules, served, versions);
    }

    /** Whether files are served that others may not read. */
    public boolean servesPrivate() {
        return servesPrivate;
    }

    /**
     * The same rules for a directory below, given as a client would: no name leads out of that one either.
     *
     * @throws TftpException if there is no such directory, or it is elsewhere
     */
    public DirectoryStorage below(String folder) throws TftpException {
        try {
            Path path = root;
            for (String element : VirtualPath.elementsOf(folder)) {
                path = path.resolve(element);
            }
            Path real = path.toRealPath();
            if (!real.startsWith(root)) {
                throw leadsOut();
            }
            open(real).close();
            return new DirectoryStorage(base, real, rules, servesPrivate, versions);
        } catch (InvalidPathException e) {
            throw new TftpException(ErrorCode.FILE_NOT_FOUND, "file not found", e);
        } catch (IOException e) {
            throw FileErrors.of(e);
        }
    }

    /** The directory, links resolved. */
    public Path root() {
        return root;
    }

    /** The directory that the operator named. */
    @Override
    public Object ioGroup() {
        return base;
    }

    @Override
    public Source tryOpenCached(String filename, InetSocketAddress peer) {
        return reads.atHand(filename);
    }

    @Override
    public Source read(String filename, InetSocketAddress peer) throws IOException {
        try {
            for (int tries = 0; tries < MOST_TRIES; tries++) {
                Path asked = resolve(filename);
                Path file = asked.toRealPath();
                try (SecureDirectory folder = folderOf(file)) {
                    BasicFileAttributes found = requireRegular(folder, nameOf(file));
                    requireReadable(found);
                    Source source = reads.open(folder, found.fileKey(), filename, asked, file);
                    if (source != null) {
                        return source;
                    }
                }
            }
            throw new TftpException(ErrorCode.NOT_DEFINED, "file is being changed, try again");
        } catch (IOException e) {
            throw FileErrors.of(e);
        }
    }

    @Override
    public Sink write(String filename, long size, InetSocketAddress peer) throws IOException {
        rules.check(size);
        try {
            Path file = target(resolve(filename));
            SecureDirectory folder = folderOf(file);
            try {
                if (folder.has(nameOf(file))) {
                    requireRegular(folder, nameOf(file));
                }
                if (size > 0 && size > file.getParent().toFile().getUsableSpace()) {
                    throw new TftpException(ErrorCode.DISK_FULL, "not enough space for " + size + " octets");
                }
            } catch (IOException e) {
                folder.close();
                throw e;
            }
            return new LimitedSink(new FileSink(folder, nameOf(file), rules.overwrite(), !servesPrivate), rules);
        } catch (IOException e) {
            throw FileErrors.of(e);
        }
    }

    /** Below the root by its elements; links may still lead anywhere. */
    private Path resolve(String filename) throws TftpException {
        List<String> elements = VirtualPath.elementsOf(filename);
        if (elements.isEmpty()) {
            throw notRegular();
        }
        if (FileSink.isTemporary(elements.get(elements.size() - 1))) {
            throw new TftpException(ErrorCode.FILE_NOT_FOUND, "file not found");
        }
        try {
            Path path = root;
            for (String element : elements) {
                path = path.resolve(element);
            }
            return path;
        } catch (InvalidPathException e) {
            throw new TftpException(ErrorCode.FILE_NOT_FOUND, "file not found", e);
        }
    }

    /** Where a write goes: to what stands there already, links followed, or to a new name in a real directory. */
    private static Path target(Path path) throws IOException {
        try {
            return path.toRealPath();
        } catch (NoSuchFileException e) {
            return path.getParent().toRealPath().resolve(path.getFileName());
        }
    }

    /** Opens the directory of a resolved file. The caller closes it. */
    private SecureDirectory folderOf(Path file) throws IOException {
        if (!file.startsWith(root) || file.equals(root)) {
            throw leadsOut();
        }
        return open(file.getParent());
    }

    /** Opens a directory at the root or below, from the base and without following links. The caller closes it. */
    private SecureDirectory open(Path directory) throws IOException {
        SecureDirectory folder = SecureDirectory.open(base);
        for (Path element : base.relativize(directory)) {
            if (!element.toString().isEmpty()) {
                try (SecureDirectory parent = folder) {
                    folder = parent.sub(element);
                }
            }
        }
        return folder;
    }

    /** A FIFO would block, a device could do anything, a directory has no bytes. */
    private static BasicFileAttributes requireRegular(SecureDirectory folder, String name) throws IOException {
        BasicFileAttributes found = folder.attributes(name);
        if (!found.isRegularFile()) {
            throw notRegular();
        }
        return found;
    }

    /** Whoever may send datagrams to the server reads as others do, even where the server itself is root. */
    private void requireReadable(BasicFileAttributes found) throws TftpException {
        if (!servesPrivate
                && found instanceof PosixFileAttributes posix
                && !posix.permissions().contains(PosixFilePermission.OTHERS_READ)) {
            throw new TftpException(ErrorCode.ACCESS_VIOLATION, "file is not readable by others")
                    .because("mode " + PosixFilePermissions.toString(posix.permissions())
                            + " (expected: read permission for others, or --serve-private)");
        }
    }

    private static TftpException leadsOut() {
        return new TftpException(ErrorCode.ACCESS_VIOLATION, "name leads out of the served folder");
    }

    private static TftpException notRegular() {
        return new TftpException(ErrorCode.ACCESS_VIOLATION, "not a regular file");
    }

    private static String nameOf(Path file) {
        return file.getFileName().toString();
    }
}
