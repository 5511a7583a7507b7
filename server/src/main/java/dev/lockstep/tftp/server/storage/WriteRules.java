package dev.lockstep.tftp.server.storage;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.negotiation.KnownOption;

/**
 * The rules for uploads to a storage.
 *
 * @param allowed true if uploads are accepted
 * @param overwrite true if an upload may replace a file
 * @param maxSize the largest file in bytes
 */
public record WriteRules(boolean allowed, boolean overwrite, long maxSize) {
    /** Accepts no uploads; the default. */
    public static final WriteRules READ_ONLY = new WriteRules(false, false, Long.MAX_VALUE);
    /** Accepts new files of any size. */
    public static final WriteRules NEW_FILES = new WriteRules(true, false, Long.MAX_VALUE);
    /** Accepts new files and replacements of any size. */
    public static final WriteRules ANY_FILE = new WriteRules(true, true, Long.MAX_VALUE);

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if the largest size is less than 1
     */
    public WriteRules {
        if (maxSize < 1) {
            throw new IllegalArgumentException("maximum size: " + maxSize + " (expected: >= 1)");
        }
    }

    /**
     * Checks a request for an upload against these rules, except for {@link #overwrite}.
     *
     * @param request the request
     * @throws TftpException if no uploads are accepted, or the announced size is too large
     */
    public void check(WriteRequest request) throws TftpException {
        if (!allowed) {
            throw new TftpException(ErrorCode.ACCESS_VIOLATION, "uploads are not accepted");
        }
        checkSize(KnownOption.TSIZE.requestedIn(request.options()).orElse(0));
    }

    /**
     * Limits an upload to the largest size, whatever size was announced.
     *
     * @param sink the sink of the upload
     * @return a sink that fails when more bytes are written, and passes everything else on
     */
    public Sink limit(Sink sink) {
        return new LimitedSink(sink, this);
    }

    /**
     * Checks the size of a file.
     *
     * @throws TftpException if the file is or will be too large
     */
    void checkSize(long size) throws TftpException {
        if (size > maxSize) {
            throw new TftpException(ErrorCode.DISK_FULL, "file is larger than allowed");
        }
    }
}
