package dev.lockstep.tftp.server.storage;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.io.FileErrors;
import dev.lockstep.tftp.io.FileSource;
import dev.lockstep.tftp.io.MemorySource;
import dev.lockstep.tftp.io.Source;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.jar.JarEntry;

/**
 * The resources in a folder of the class path: files of folders and entries of jars. They are read-only. All files below
 * the folder are served, also classes.
 */
@ThreadSafe
@Blocking
public final class ClassPathStorage implements Storage {
    private final ClassLoader loader;
    private final String folder;

    /**
     * Creates a storage.
     *
     * @param loader finds the resources
     * @param folder the folder, such as {@code boot/files}
     * @throws IllegalArgumentException if the folder is empty or leads out of the class path
     */
    public ClassPathStorage(ClassLoader loader, String folder) {
        this.loader = Objects.requireNonNull(loader, "class loader");
        try {
            this.folder = String.join("/", VirtualPath.elementsOf(folder));
        } catch (TftpException e) {
            throw new IllegalArgumentException(folder + ": " + e.getMessage(), e);
        }
        if (this.folder.isEmpty()) { // all classes and configuration files of the program would be served
            throw new IllegalArgumentException("classpath: (expected: classpath:FOLDER/)");
        }
    }

    @Override
    public Source read(ReadRequest request, InetSocketAddress peer) throws IOException {
        List<String> elements = VirtualPath.elementsOf(request.filename());
        URL found = elements.isEmpty() ? null : loader.getResource(folder + "/" + String.join("/", elements));
        if (found == null) {
            throw new TftpException(ErrorCode.FILE_NOT_FOUND, "file not found");
        }
        try {
            return found.getProtocol().equals("file")
                    ? file(Path.of(URI.create(found.toString())).toRealPath())
                    : resource(found.openConnection());
        } catch (IOException e) {
            throw FileErrors.of(e);
        }
    }

    private static Source file(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw VirtualPath.notRegular();
        }
        FileVersion version = FileVersion.find(file);
        FileChannel open = FileChannel.open(file);
        if (version == null) {
            return new FileSource(open);
        }
        if (!version.equals(FileVersion.find(file))) {
            open.close();
            throw new TftpException(ErrorCode.NOT_DEFINED, "file is being changed, try again");
        }
        return new VersionedFileSource(open, file, version);
    }

    private static Source resource(URLConnection connection) throws IOException {
        connection.setUseCaches(false); // otherwise closing it would close the jar of other readers
        JarEntry entry = connection instanceof JarURLConnection jar ? jar.getJarEntry() : null;
        InputStream in = connection.getInputStream();
        if (entry != null && entry.isDirectory()) {
            in.close();
            throw VirtualPath.notRegular();
        }
        if (entry != null && entry.getSize() >= 0) {
            return new VerifiedSource(in, entry, () -> {}, in);
        }
        try (in) {
            return new MemorySource(in.readAllBytes());
        }
    }

    @Override
    public String locate(String filename) {
        return this + "/" + filename;
    }

    /** Returns the URI of the folder. */
    @Override
    public String toString() {
        return "classpath:" + folder;
    }
}
