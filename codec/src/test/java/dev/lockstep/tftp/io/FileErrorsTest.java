package dev.lockstep.tftp.io;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FileErrorsTest {
    private static final String PATH = "/srv/secret/file";

    private static FileSystemException because(String reason) {
        return new FileSystemException(PATH, null, reason);
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new NoSuchFileException(PATH), ErrorCode.FILE_NOT_FOUND),
                Arguments.of(new NotDirectoryException(PATH), ErrorCode.FILE_NOT_FOUND),
                Arguments.of(new AccessDeniedException(PATH), ErrorCode.ACCESS_VIOLATION),
                Arguments.of(new FileAlreadyExistsException(PATH), ErrorCode.FILE_EXISTS),
                Arguments.of(because("No space left on device"), ErrorCode.DISK_FULL),
                Arguments.of(new IOException("No space left on device"), ErrorCode.DISK_FULL),
                Arguments.of(because("Disk quota exceeded"), ErrorCode.DISK_FULL),
                Arguments.of(because("File too large"), ErrorCode.DISK_FULL),
                Arguments.of(new IOException("There is not enough space on the disk"), ErrorCode.DISK_FULL),
                Arguments.of(because("File name too long"), ErrorCode.FILE_NOT_FOUND),
                Arguments.of(because("Not a directory"), ErrorCode.FILE_NOT_FOUND),
                Arguments.of(
                        because("Too many levels of symbolic links or unable to access attributes of symbolic link"),
                        ErrorCode.ACCESS_VIOLATION),
                Arguments.of(
                        because("Too many levels of symbolic links (NOFOLLOW_LINKS specified)"),
                        ErrorCode.ACCESS_VIOLATION),
                Arguments.of(because("Read-only file system"), ErrorCode.ACCESS_VIOLATION),
                Arguments.of(because("Is a directory"), ErrorCode.ACCESS_VIOLATION),
                Arguments.of(because("Too many open files"), ErrorCode.NOT_DEFINED),
                Arguments.of(because("Input/output error"), ErrorCode.NOT_DEFINED),
                Arguments.of(because(null), ErrorCode.NOT_DEFINED),
                Arguments.of(new IOException(), ErrorCode.NOT_DEFINED));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void a_failure_is_mapped_to_a_code_without_the_path(IOException failure, ErrorCode code) {
        TftpException mapped = FileErrors.of(failure);
        assertThat(mapped.code()).isEqualTo(code.number());
        assertThat(mapped.toMessage().text())
                .isNotEmpty()
                .doesNotContain("secret")
                .doesNotContain("/srv");
        assertThat(mapped).hasCause(failure);
        assertThat(mapped.isFromPeer()).isFalse();
    }

    @Test
    void a_failure_that_has_a_code_keeps_it() {
        TftpException known = new TftpException(ErrorCode.DISK_FULL, "file is larger than allowed");
        assertThat(FileErrors.of(known)).isSameAs(known);
    }
}
