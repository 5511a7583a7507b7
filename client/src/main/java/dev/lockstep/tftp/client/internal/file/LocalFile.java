package dev.lockstep.tftp.client.internal.file;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.io.FileErrors;
import dev.lockstep.tftp.io.FileSink;
import dev.lockstep.tftp.io.FileSource;
import dev.lockstep.tftp.io.SecureDirectory;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.io.Source;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Opens local files: the target of a get and the source of a put. */
public final class LocalFile {
    private LocalFile() {}

    /**
     * Returns the sink of a get: a temporary file beside the target, which replaces the target when it is complete. A
     * target that is no regular file (a device, a pipe) is written directly.
     *
     * @throws TftpException if the target cannot be written
     */
    public static Sink sink(Path target) throws TftpException {
        try {
            Path real = real(target);
            if (Files.isDirectory(real)) {
                throw new TftpException(ErrorCode.ACCESS_VIOLATION, "is a directory");
            }
            if (Files.exists(real) && !Files.isRegularFile(real)) {
                return new StreamSink(FileChannel.open(real, StandardOpenOption.WRITE), true);
            }
            return new FileSink(
                    SecureDirectory.open(real.getParent()), real.getFileName().toString(), true);
        } catch (IOException e) {
            throw named(e, target);
        }
    }

    /** Returns the file that a get with the given target writes. Symbolic links are followed. */
    public static Path real(Path target) throws IOException {
        return Files.exists(target) ? target.toRealPath() : target.toAbsolutePath();
    }

    /** Returns a sink that writes to standard output directly. */
    public static Sink standardOutput() {
        return new StreamSink(
                new FileOutputStream(FileDescriptor.out).getChannel(), false); // a PrintStream hides failures
    }

    /**
     * Returns the source of a put.
     *
     * @throws TftpException if the file cannot be read
     */
    public static Source source(Path file) throws TftpException {
        try {
            if (Files.isDirectory(file)) {
                throw new TftpException(ErrorCode.ACCESS_VIOLATION, "is a directory");
            }
            FileChannel open = FileChannel.open(file, StandardOpenOption.READ);
            // a pipe or a file of /proc has no size, or a size of 0, although it has content
            boolean sized = Files.isRegularFile(file) && open.size() > 0;
            return new FileSource(open, sized ? open.size() : Source.UNKNOWN_SIZE);
        } catch (IOException e) {
            throw named(e, file);
        }
    }

    private static TftpException named(IOException failure, Path file) {
        TftpException known = FileErrors.of(failure);
        return new TftpException(ErrorCode.values()[known.code()], file + ": " + known.getMessage(), failure);
    }
}
