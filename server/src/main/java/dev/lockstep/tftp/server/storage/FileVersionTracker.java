package dev.lockstep.tftp.server.storage;

import dev.lockstep.tftp.file.FileVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Set;

/**
 * Tells the versions of the files below a root, where that can be relied upon: on file systems of this machine, whose
 * changes the kernel sees at once and whose attributes it has at hand, and not just after a change.
 */
final class FileVersionTracker {
    private static final Set<String> LOCAL =
            Set.of("ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "zfs", "tmpfs", "overlay", "erofs", "squashfs");
    private static final long NONE = -1;

    private final InstantSource clock;
    private final long device;

    /** For what is on the root's own file system. */
    FileVersionTracker(Path root, InstantSource clock) {
        this.clock = clock;
        this.device = localDeviceOf(root);
    }

    /** In a chroot the JDK may find no mount point for the root: then nothing is kept. */
    private static long localDeviceOf(Path root) {
        try {
            return LOCAL.contains(Files.getFileStore(root).type())
                    ? FileVersion.of(root).device()
                    : NONE;
        } catch (IOException | UnsupportedOperationException e) {
            return NONE;
        }
    }

    /** The version of a file whose octets may be kept. Else null. */
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

    /** Whether octets of that version may be kept: from now on no change of it can go unseen. */
    boolean isLasting(FileVersion version) {
        return version.device() == device && version.isSettled(clock.instant());
    }
}
