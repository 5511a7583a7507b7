package dev.lockstep.tftp.server.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Set;

/**
 * Determines the versions of files below a root where they are reliable: on local file systems, whose changes the
 * kernel sees at once and whose attributes are cached, and some time after the last change.
 */
final class FileVersionTracker {
    private static final Set<String> LOCAL =
            Set.of("ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "zfs", "tmpfs", "overlay", "erofs", "squashfs");
    private static final long NONE = -1;

    private final InstantSource clock;
    private final long device;

    /** Creates a tracker for the file system of the root. */
    FileVersionTracker(Path root, InstantSource clock) {
        this.clock = clock;
        this.device = localDeviceOf(root);
    }

    /**
     * Returns the device of the root if its file system is local, otherwise {@code NONE}. In a chroot the JDK may find
     * no mount point for the root; then nothing is cached.
     */
    private static long localDeviceOf(Path root) {
        try {
            return LOCAL.contains(Files.getFileStore(root).type())
                    ? FileVersion.of(root).device()
                    : NONE;
        } catch (IOException | UnsupportedOperationException e) {
            return NONE;
        }
    }

    /** Returns the version of a file whose content may be cached, or null. */
    FileVersion of(Path file) {
        if (device == NONE) {
            return null;
        }
        try {
            FileVersion version = FileVersion.of(file);
            return isLasting(version) ? version : null;
        } catch (IOException e) {
            return null;
        }
    }

    /** Returns true if the content of a version may be cached: any later change of the file is detected. */
    boolean isLasting(FileVersion version) {
        return version.device() == device && version.isSettled(clock.instant());
    }
}
