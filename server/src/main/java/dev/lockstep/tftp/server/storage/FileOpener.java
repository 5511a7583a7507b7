package dev.lockstep.tftp.server.storage;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.file.FileSource;
import dev.lockstep.tftp.file.FileVersion;
import dev.lockstep.tftp.file.OpenFiles;
import dev.lockstep.tftp.file.SecureDirectory;
import dev.lockstep.tftp.file.VersionedFileSource;
import dev.lockstep.tftp.transfer.Source;
import dev.lockstep.tftp.transfer.TftpException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Opens files that are to be sent: small ones are read at once, the others by a descriptor that all who read one version
 * share. What is sent is one version from its first octet to its last, never parts of two.
 */
final class FileOpener {
    private final FileVersionTracker versions;
    private final SmallFiles smallFiles;
    private final OpenFiles openFiles = new OpenFiles();

    FileOpener(FileVersionTracker versions) {
        this.versions = versions;
        this.smallFiles = new SmallFiles(versions);
    }

    /** A small file that is in memory; else null. */
    Source atHand(String name) {
        byte[] content = smallFiles.get(name);
        return content == null ? null : new MemorySource(content);
    }

    /**
     * Opens a regular file of that folder, which the caller closes.
     *
     * @param key of what stands there under the file's name
     * @param name what it was asked by
     * @param asked where that led, links not followed yet
     * @param file where they lead
     * @return null if the file was changed meanwhile
     */
    Source open(SecureDirectory folder, Object key, String name, Path asked, Path file) throws IOException {
        FileVersion version = FileVersion.find(file);
        if (version != null && !version.key().equals(key)) {
            return null; // the path leads to another folder by now
        }
        FileChannel open = folder.openFile(file.getFileName().toString(), StandardOpenOption.READ);
        boolean kept = false;
        try {
            if (version != null && open.size() != version.size()) {
                return null; // another file, perhaps no regular one
            }
            byte[] content = open.size() > SmallFiles.LARGEST ? null : contentOf(open);
            if (version != null && !version.equals(FileVersion.find(file))) {
                return null;
            }
            boolean lasting = version != null && versions.isLasting(version);
            if (content != null) {
                if (lasting) {
                    smallFiles.put(name, asked, version, content);
                }
                return new MemorySource(content);
            }
            kept = true;
            if (lasting) {
                return openFiles.join(open, file, version);
            }
            return version == null ? new FileSource(open) : new VersionedFileSource(open, file, version);
        } finally {
            if (!kept) {
                open.close();
            }
        }
    }

    /** A small file is read at once: one trip to the I/O pool instead of three, and no descriptor for its transfer. */
    private static byte[] contentOf(FileChannel open) throws IOException {
        ByteBuffer content = ByteBuffer.allocate((int) open.size());
        while (content.hasRemaining()) {
            if (open.read(content) < 0) {
                throw new TftpException(ErrorCode.NOT_DEFINED, "file became shorter while it was read");
            }
        }
        return content.array();
    }
}
