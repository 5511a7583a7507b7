package dev.lockstep.tftp.io;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;

/** Converts errors of the file system to the ERROR for the peer. The texts never contain a path of this machine. */
public final class FileErrors {
    private static final List<String> FULL =
            List.of("No space left on device", "Disk quota exceeded", "File too large", "not enough space");
    /** The beginning of the reason for a symbolic link; what Java appends to it varies. */
    private static final String LINK = "Too many levels of symbolic links";

    private FileErrors() {}

    /**
     * {@return the failure with its TFTP error code} The original is its cause, or is returned if it has a code
     * already.
     *
     * @param failure the failure of a file operation
     */
    public static TftpException of(IOException failure) {
        if (failure instanceof TftpException known) {
            return known;
        }
        if (failure instanceof NoSuchFileException || failure instanceof NotDirectoryException) {
            return new TftpException(ErrorCode.FILE_NOT_FOUND, "file not found", failure);
        }
        if (failure instanceof AccessDeniedException) {
            return new TftpException(ErrorCode.ACCESS_VIOLATION, "access denied", failure);
        }
        if (failure instanceof FileAlreadyExistsException) {
            return new TftpException(ErrorCode.FILE_EXISTS, "file exists", failure);
        }
        String reason = reasonOf(failure);
        if (FULL.stream().anyMatch(reason::contains)) {
            return new TftpException(ErrorCode.DISK_FULL, "disk full", failure);
        }
        if (reason.startsWith(LINK)) {
            return new TftpException(ErrorCode.ACCESS_VIOLATION, "access denied", failure);
        }
        return switch (reason) {
            case "File name too long" -> new TftpException(ErrorCode.FILE_NOT_FOUND, "file name too long", failure);
            case "Not a directory" -> new TftpException(ErrorCode.FILE_NOT_FOUND, "file not found", failure);
            case "Read-only file system", "Is a directory" ->
                new TftpException(ErrorCode.ACCESS_VIOLATION, "access denied", failure);
            case "Too many open files" ->
                new TftpException(ErrorCode.NOT_DEFINED, "too many open files, try again", failure);
            default -> new TftpException(ErrorCode.NOT_DEFINED, "input/output error", failure);
        };
    }

    private static String reasonOf(IOException failure) {
        String reason = failure instanceof FileSystemException named ? named.getReason() : failure.getMessage();
        return reason == null ? "" : reason;
    }
}
