package dev.lockstep.tftp.server.storage;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.concurrent.EventLoop;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.io.FileErrors;
import dev.lockstep.tftp.io.FileSink;
import dev.lockstep.tftp.io.SecureDirectory;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.negotiation.KnownOption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
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
 * The regular files below a directory. A name cannot lead out of it: it is resolved, symbolic links included, compared
 * with the root element by element, and then opened from the root element by element without following links. So a link
 * that is created in between causes an error.
 */
@ThreadSafe
@Blocking
public final class DirectoryStorage implements Storage {
    /** Limit of attempts to open a file that is being changed. */
    private static final int MAX_TRIES = 5;

    private final Path base;
    private final Path root;
    private final WriteRules rules;
    private final boolean servesPrivate;
    private final FileVersionTracker versions;
    private final FileOpener reads;

    /**
     * Creates a storage.
     *
     * @param base the directory that the operator has named; opened by its path
     * @param root the base or a directory below it. It is only opened from the base, since a client's name may have led
     *     to it
     * @param servesPrivate true if files without read permission for others are served
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
     * {@return a storage for a directory}
     *
     * @param directory the root of the storage
     * @param rules the rules for uploads
     * @throws IOException if it is not a directory that can be read
     */
    public static DirectoryStorage at(Path directory, WriteRules rules) throws IOException {
        return at(directory, rules, InstantSource.system());
    }

    /** Returns a storage for a directory, with a clock for file versions. */
    static DirectoryStorage at(Path directory, WriteRules rules, InstantSource clock) throws IOException {
        Path root = directory.toRealPath();
        SecureDirectory.open(root).close();
        if (!Files.isExecutable(root)) { // its attributes can be read, but not those of its files
            throw new AccessDeniedException(root.toString());
        }
        return new DirectoryStorage(root, root, rules, false, new FileVersionTracker(root, clock));
    }

    /**
     * Removes the temporary files of uploads that were interrupted by a crash, in the directory and all below it. Files
     * of running uploads are kept, including those of other processes if the file system supports locks. Blocks while
     * it lists the whole tree.
     *
     * @throws IOException if the directory cannot be opened
     */
    @Override
    public void removeStaleUploads() throws IOException {
        StaleUploadCleaner.remove(root);
    }

    /**
     * {@return this storage with or without the files that others may not read according to their permissions} By
     * default they are not served: a TFTP client is not a user of the system.
     *
     * @param served true to serve these files
     */
    public DirectoryStorage servingPrivate(boolean served) {
        return served == servesPrivate ? this : new DirectoryStorage(base, root, rules, served, versions);
    }

    /**
     * Returns a storage with the same rules for a directory below this one. The path is resolved like the name of a
     * request, and names cannot lead out of the new root either.
     *
     * @throws TftpException if there is no such directory, or the path leads out of the root
     */
    @Override
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

    @Override
    public boolean isWritable() {
        return rules.allowed();
    }

    @Override
    public String locate(String filename) {
        return root + "/" + filename;
    }

    /** Returns the path of the directory, with symbolic links resolved. */
    @Override
    public String toString() {
        return root.toString();
    }

    /** Returns the directory that the operator has named. */
    @Override
    @EventLoop
    @ThreadSafe
    public Object ioGroup() {
        return base;
    }

    @Override
    @EventLoop
    @ThreadSafe
    public Source tryOpenCached(ReadRequest request, InetSocketAddress peer) {
        return reads.tryOpenCached(request.filename());
    }

    @Override
    public Source read(ReadRequest request, InetSocketAddress peer) throws IOException {
        String filename = request.filename();
        try {
            for (int tries = 0; tries < MAX_TRIES; tries++) {
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
    public Sink write(WriteRequest request, InetSocketAddress peer) throws IOException {
        rules.check(request);
        long size = KnownOption.TSIZE.requestedIn(request.options()).orElse(Source.UNKNOWN_SIZE);
        try {
            Path file = target(resolve(request.filename()));
            SecureDirectory folder = folderOf(file);
            try {
                if (folder.has(nameOf(file))) {
                    requireRegular(folder, nameOf(file));
                }
                if (size > 0 && size > file.getParent().toFile().getUsableSpace()) {
                    throw new TftpException(ErrorCode.DISK_FULL, "not enough space for " + size + " bytes");
                }
            } catch (IOException e) {
                folder.close();
                throw e;
            }
            return rules.limit(new FileSink(folder, nameOf(file), rules.overwrite(), !servesPrivate));
        } catch (IOException e) {
            throw FileErrors.of(e);
        }
    }

    /** Resolves a name below the root, element by element. Symbolic links are not followed yet. */
    private Path resolve(String filename) throws TftpException {
        List<String> elements = VirtualPath.elementsOfFile(filename);
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

    /** Returns the target of a write: an existing file, with links followed, or a new name in a real directory. */
    private static Path target(Path path) throws IOException {
        try {
            return path.toRealPath();
        } catch (NoSuchFileException e) {
            return directoryOf(path).resolve(path.getFileName());
        }
    }

    private static Path directoryOf(Path path) throws IOException {
        try {
            return path.getParent().toRealPath();
        } catch (NoSuchFileException e) {
            throw new TftpException(ErrorCode.FILE_NOT_FOUND, "no such directory", e);
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

    /**
     * Checks that a file is regular: opening a FIFO would block, opening a device may have side effects, and a
     * directory has no content.
     */
    private static BasicFileAttributes requireRegular(SecureDirectory folder, String name) throws IOException {
        BasicFileAttributes found = folder.attributes(name);
        if (!found.isRegularFile()) {
            throw VirtualPath.notRegular();
        }
        return found;
    }

    /**
     * Checks that others may read a file, since any host that can send datagrams to the server may request it. This
     * also applies if the server runs as root.
     */
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

    private static String nameOf(Path file) {
        return file.getFileName().toString();
    }
}
