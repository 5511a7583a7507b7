package dev.lockstep.tftp.server.storage;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.io.Source;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The files in a folder of a zip file. An entry is looked up by the elements of a requested name, so an entry whose name
 * leads out of a folder or is absolute is never found.
 *
 * <p>The zip file may be replaced at any time. Each transfer opens it, and reads the version that it has opened. If the
 * file is written to instead, transfers that read it fail. The Java runtime shares what it knows of one version among
 * all transfers that have it open.
 */
@ThreadSafe
@Blocking
final class ZipStorage implements Storage {
    /** Limit of attempts to open a file that is being replaced. */
    private static final int MAX_TRIES = 5;

    private final Path archive;
    private final String folder;
    private final String location;

    /**
     * Creates a storage.
     *
     * @param folder the folder in the zip file, with a slash at its end unless it is empty
     * @param location the URI without a slash at its end
     */
    ZipStorage(Path archive, String folder, String location) {
        this.archive = archive;
        this.folder = folder;
        this.location = location;
    }

    /** Returns true if the zip file has files in the folder. */
    boolean hasFiles() throws IOException {
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            return folder.isEmpty()
                    || zip.stream().anyMatch(entry -> entry.getName().startsWith(folder));
        }
    }

    @Override
    public Source read(ReadRequest request, InetSocketAddress peer) throws IOException {
        List<String> elements = VirtualPath.elementsOfFile(request.filename());
        String name = folder + String.join("/", elements);
        try {
            for (int tries = 0; tries < MAX_TRIES; tries++) {
                Path file = archive.toRealPath();
                FileVersion version = FileVersion.find(file);
                ZipFile zip = new ZipFile(file.toFile());
                Source source = null;
                try {
                    if (version == null || version.equals(FileVersion.find(file))) {
                        source = open(zip, name, () -> requireUnchanged(file, version));
                        return source;
                    }
                } finally {
                    if (source == null) {
                        zip.close();
                    }
                }
            }
            throw new TftpException(ErrorCode.NOT_DEFINED, "file is being changed, try again");
        } catch (TftpException e) {
            throw e;
        } catch (IOException e) {
            throw new TftpException(ErrorCode.NOT_DEFINED, "archive is not available, try again", e)
                    .because(e.toString());
        }
    }

    private static Source open(ZipFile zip, String name, VerifiedSource.Version version) throws IOException {
        ZipEntry entry = zip.getEntry(name);
        if (entry == null) {
            throw new TftpException(ErrorCode.FILE_NOT_FOUND, "file not found");
        }
        if (entry.isDirectory()) {
            throw VirtualPath.notRegular();
        }
        try {
            return new VerifiedSource(zip.getInputStream(entry), entry, version, zip);
        } catch (IOException e) {
            throw VerifiedSource.damaged(e.getMessage());
        }
    }

    /** Checks that the zip file was not written to. Another file in its place does not change what is open. */
    private static void requireUnchanged(Path file, FileVersion version) throws TftpException {
        FileVersion now = version == null ? null : FileVersion.find(file);
        if (now != null && now.isOfSameFileAs(version) && !now.hasSameContentAs(version)) {
            throw new TftpException(ErrorCode.NOT_DEFINED, "file changed while it was read, try again");
        }
    }

    @Override
    public String locate(String filename) {
        return location + "/" + filename;
    }

    /** Returns the URI of the zip file: one on a disk that does not respond delays no other root. */
    @Override
    public Object ioGroup() {
        return "zip:" + archive;
    }

    /** Returns the URI of the folder. */
    @Override
    public String toString() {
        return location;
    }
}
