package dev.lockstep.tftp.server.storage;

import dev.lockstep.tftp.concurrent.ThreadSafe;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Shares one descriptor among all transfers that read the same version of a file, so that many transfers do not need as
 * many descriptors.
 */
@ThreadSafe
final class OpenFiles {
    private final Map<FileVersion, Shared> open = new HashMap<>();

    private static final class Shared {
        private final FileChannel channel;
        private final VersionedFile file;
        private int users;

        Shared(FileChannel channel, Path path, FileVersion version) {
            this.channel = channel;
            this.file = new VersionedFile(channel, path, version);
        }
    }

    /**
     * Returns a source for a version of a file. Takes ownership of the channel and closes it if the version is open
     * already.
     *
     * @param fresh a channel of that version of the file at the path
     */
    public SharedFileSource join(FileChannel fresh, Path path, FileVersion version) throws IOException {
        Shared shared;
        synchronized (open) {
            shared = open.computeIfAbsent(version, first -> new Shared(fresh, path, version));
            shared.users++;
        }
        if (shared.channel != fresh) {
            fresh.close();
        }
        return new SharedFileSource(shared.file, () -> leave(version));
    }

    private void leave(FileVersion version) throws IOException {
        Shared shared;
        synchronized (open) {
            shared = open.get(version);
            if (--shared.users > 0) {
                return;
            }
            open.remove(version);
        }
        shared.file.close();
    }
}
