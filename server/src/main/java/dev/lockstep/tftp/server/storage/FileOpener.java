package dev.lockstep.tftp.server.storage;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.io.FileSource;
import dev.lockstep.tftp.io.MemorySource;
import dev.lockstep.tftp.io.SecureDirectory;
import dev.lockstep.tftp.io.Source;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Opens files for reading. Small files are read at once; larger ones are read through a descriptor that is shared by
 * all readers of one version. A source is one version of the file from its first to its last byte, never parts of two.
 */
final class FileOpener {
    private final FileVersionTracker versions;
    private final SmallFiles smallFiles;
    private final OpenFiles openFiles = new OpenFiles();

    FileOpener(FileVersionTracker versions) {
        this.versions = versions;
        this.smallFiles = new SmallFiles(versions);
    }

    /** Returns a small file that is cached, or null. */
    Source tryOpenCached(String name) {
        byte[] content = smallFiles.get(name);
        return content == null ? null : new MemorySource(content);
    }

    /**
     * Opens a regular file.
     *
     * @param folder the directory of the file; stays open
     * @param key the key of the file that was found under the name
     * @param name the name in the request
     * @param asked the path of the name, with links not followed yet
     * @param file the path with links followed
     * @return null if the file was changed meanwhile
     */
    Source open(SecureDirectory folder, Object key, String name, Path asked, Path file) throws IOException {
        FileVersion version = FileVersion.find(file);
        if (version != null && !version.key().equals(key)) {
            return null; // the path leads to another directory by now
        }
        FileChannel open = folder.openFile(file.getFileName().toString(), StandardOpenOption.READ);
        boolean kept = false;
        try {
            if (version != null && open.size() != version.size()) {
                return null; // another file, which may not be regular
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

    /**
     * Reads a small file at once: it takes one task on the I/O pool instead of three, and its transfer holds no
     * descriptor.
     */
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
