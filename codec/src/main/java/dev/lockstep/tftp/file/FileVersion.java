package dev.lockstep.tftp.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * Which file this is, and what it holds. The moment of its last change is the kernel's, which a program can't set: who
 * writes to a file, renames another one over it, or puts its old date back, makes another version of it.
 *
 * <p>Writes through a memory mapping are seen when the kernel notices them.
 *
 * @param key of the file among all files, as in its basic attributes
 * @param modified of the octets, which programs can set
 * @param changed of anything at all
 */
public record FileVersion(long device, Object key, long size, FileTime modified, FileTime changed) {
    /** Changes that follow each other faster than the file system's clock ticks look like one: ext3 counts seconds. */
    private static final Duration TICK = Duration.ofSeconds(2);

    /**
     * What stands under that path now; links are followed unless told otherwise.
     *
     * @throws UnsupportedOperationException where the system can't tell
     */
    public static FileVersion of(Path path, LinkOption... options) throws IOException {
        Map<String, Object> facts;
        try {
            facts = Files.readAttributes(path, "unix:dev,fileKey,size,lastModifiedTime,ctime", options);
        } catch (IllegalArgumentException e) {
            throw new UnsupportedOperationException(e);
        }
        return new FileVersion(
                (long) facts.get("dev"),
                facts.get("fileKey"),
                (long) facts.get("size"),
                (FileTime) facts.get("lastModifiedTime"),
                (FileTime) facts.get("ctime"));
    }

    /** What stands under that path now, a link itself; null if that is nothing, or can't be told. */
    public static FileVersion find(Path path) {
        try {
            return of(path, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException | UnsupportedOperationException e) {
            return null;
        }
    }

    /** Whether that is a version of the same file. */
    boolean isOfSameFileAs(FileVersion other) {
        return key.equals(other.key);
    }

    /** Whether the size and the modification time are the same; of one file: whether it was written to. */
    boolean hasSameOctetsAs(FileVersion other) {
        return size == other.size && modified.equals(other.modified);
    }

    /** Whether a change from that moment on is sure to make another version; not so just after the last one. */
    public boolean isSettled(Instant now) {
        Instant limit = now.minus(TICK);
        return changed.toInstant().isBefore(limit) && modified.toInstant().isBefore(limit);
    }
}
