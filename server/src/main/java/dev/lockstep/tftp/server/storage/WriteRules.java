package dev.lockstep.tftp.server.storage;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.transfer.TftpException;

/**
 * What a storage takes from clients.
 *
 * @param allowed whether anything at all
 * @param overwrite whether a file may be replaced
 * @param maxSize the largest file, in octets
 */
public record WriteRules(boolean allowed, boolean overwrite, long maxSize) {
    /** Nothing: how every storage starts. */
    public static final WriteRules READ_ONLY = new WriteRules(false, false, Long.MAX_VALUE);
    /** New files of any size. */
    public static final WriteRules NEW_FILES = new WriteRules(true, false, Long.MAX_VALUE);
    /** Any file of any size. */
    public static final WriteRules ANY_FILE = new WriteRules(true, true, Long.MAX_VALUE);

    /** Refuses a size of nothing. */
    public WriteRules {
        if (maxSize < 1) {
            throw new IllegalArgumentException("maximum size: " + maxSize + " (expected: >= 1)");
        }
    }

    /** Refuses a write that these rules don't allow. */
    void check(long announcedSize) throws TftpException {
        if (!allowed) {
            throw new TftpException(ErrorCode.ACCESS_VIOLATION, "this server takes no files");
        }
        checkSize(announcedSize);
    }

    /** Refuses a file that is or will be too large. */
    void checkSize(long size) throws TftpException {
        if (size > maxSize) {
            throw new TftpException(ErrorCode.DISK_FULL, "file is larger than allowed");
        }
    }
}
