package dev.lockstep.tftp.server.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * The identity of a file and of its content. The kernel sets the time of the last change, and a program cannot. Writing
 * to a file, renaming another file over it, or restoring its modification time therefore makes another version of it.
 *
 * <p>Writes through a memory mapping are detected when the kernel notices them.
 *
 * @param device the device of the file
 * @param key the identity of the file among all files, as in its basic attributes
 * @param size the size in bytes
 * @param modified the time of the last change of the content, which programs can set
 * @param changed the time of the last change of the file or its metadata
 */
record FileVersion(long device, Object key, long size, FileTime modified, FileTime changed) {
    /** The coarsest resolution of file times. Changes within it may have the same time: ext3 counts seconds. */
    private static final Duration TICK = Duration.ofSeconds(2);

    /**
     * Returns the current version of the file at a path. Links are followed unless the options say otherwise.
     *
     * @throws UnsupportedOperationException if the system does not provide the attributes
     */
    static FileVersion of(Path path, LinkOption... options) throws IOException {
        Map<String, Object> attributes;
        try {
            attributes = Files.readAttributes(path, "unix:dev,fileKey,size,lastModifiedTime,ctime", options);
        } catch (IllegalArgumentException e) {
            throw new UnsupportedOperationException(e);
        }
        return new FileVersion(
                (long) attributes.get("dev"),
                attributes.get("fileKey"),
                (long) attributes.get("size"),
                (FileTime) attributes.get("lastModifiedTime"),
                (FileTime) attributes.get("ctime"));
    }

    /**
     * Returns the current version of the file at a path, without following links.
     *
     * @return null if there is no file or its version cannot be determined
     */
    static FileVersion find(Path path) {
        try {
            return of(path, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException | UnsupportedOperationException e) {
            return null;
        }
    }

    /** Returns whether the other version is of the same file. */
    boolean isOfSameFileAs(FileVersion other) {
        return key.equals(other.key);
    }

    /**
     * Returns whether size and modification time are equal. For versions of one file, a difference means that it was
     * written to.
     */
    boolean hasSameContentAs(FileVersion other) {
        return size == other.size && modified.equals(other.modified);
    }

    /**
     * Returns whether a change at {@code now} or later is certain to make another version. Shortly after the last
     * change it is not, because the change may have the same time.
     */
    boolean isSettled(Instant now) {
        Instant limit = now.minus(TICK);
        return changed.toInstant().isBefore(limit) && modified.toInstant().isBefore(limit);
    }
}
