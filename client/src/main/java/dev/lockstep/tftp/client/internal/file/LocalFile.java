package dev.lockstep.tftp.client.internal.file;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.io.FileErrors;
import dev.lockstep.tftp.io.FileSink;
import dev.lockstep.tftp.io.FileSource;
import dev.lockstep.tftp.io.ForwardingSink;
import dev.lockstep.tftp.io.ForwardingSource;
import dev.lockstep.tftp.io.SecureDirectory;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.io.Source;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/** Opens local files: the target of a get and the source of a put. */
public final class LocalFile {
    private static final FileChannel STANDARD_INPUT = new FileInputStream(FileDescriptor.in).getChannel();

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
                throw new FileSystemException(target.toString(), null, "Is a directory");
            }
            Sink sink = Files.exists(real) && !Files.isRegularFile(real)
                    ? new StreamSink(FileChannel.open(real, StandardOpenOption.WRITE), true)
                    : new FileSink(
                            SecureDirectory.open(real.getParent()),
                            real.getFileName().toString(),
                            true);
            return new NamedSink(sink, "cannot write " + target);
        } catch (IOException e) {
            throw failure("cannot write " + target, e, "no such directory");
        }
    }

    /**
     * Creates the missing directories of a target.
     *
     * @throws TftpException if one cannot be created
     */
    public static void createDirectories(Path target) throws TftpException {
        Path directory = target.toAbsolutePath().getParent();
        try {
            Files.createDirectories(directory);
        } catch (FileAlreadyExistsException e) {
            throw failure("cannot create " + directory, new NotDirectoryException(e.getFile()), "no such directory");
        } catch (IOException e) {
            throw failure("cannot create " + directory, e, "no such directory");
        }
    }

    /** Returns the file that a get with the given target writes. Symbolic links are followed. */
    public static Path real(Path target) throws IOException {
        return Files.exists(target) ? target.toRealPath() : target.toAbsolutePath();
    }

    /** Returns a sink that writes to standard output directly. */
    public static Sink standardOutput() {
        return new NamedSink(
                new StreamSink(
                        new FileOutputStream(FileDescriptor.out).getChannel(), false), // a PrintStream hides failures
                "standard output");
    }

    /** Returns a source that reads standard input to its end. It has no known size, and can be read only once. */
    public static Source standardInput() {
        return new NamedSource(new StreamSource(STANDARD_INPUT), "standard input");
    }

    /** Ends a read of standard input that is waiting for data, and all later ones. */
    public static void closeStandardInput() {
        try {
            STANDARD_INPUT.close();
        } catch (IOException ignored) {
            // nothing more is read
        }
    }

    /**
     * Returns the source of a put.
     *
     * @throws TftpException if the file cannot be read
     */
    public static Source source(Path file) throws TftpException {
        try {
            if (Files.isDirectory(file)) {
                throw new FileSystemException(file.toString(), null, "Is a directory");
            }
            FileChannel open = FileChannel.open(file, StandardOpenOption.READ);
            // a pipe or a file of /proc has no size, or a size of 0, although it has content
            boolean sized = Files.isRegularFile(file) && open.size() > 0;
            return new NamedSource(
                    new FileSource(open, sized ? open.size() : Source.UNKNOWN_SIZE), "cannot read " + file);
        } catch (IOException e) {
            throw failure("cannot read " + file, e, "no such file");
        }
    }

    /**
     * Returns the failure to open a file, with a text for the user of this machine. No request has been sent.
     *
     * @param missing the text if there is no such file
     */
    private static TftpException failure(String what, IOException failure, String missing) {
        TftpException known = FileErrors.of(failure);
        return new TftpException(ErrorCode.values()[known.code()], what + ": " + reasonOf(failure, missing), failure);
    }

    /** Returns the failure of an open file, with a reason for the user of this machine that the peer does not get. */
    private static TftpException failure(String what, IOException failure) {
        TftpException known = FileErrors.of(failure);
        return known.getCause() instanceof IOException cause && known.reason() == null
                ? known.because(what + ": " + reasonOf(cause, "no such directory"))
                : known;
    }

    private static String reasonOf(IOException failure, String missing) {
        if (failure instanceof NoSuchFileException) {
            return missing;
        }
        if (failure instanceof AccessDeniedException) {
            return "permission denied";
        }
        String reason = failure instanceof FileSystemException named ? named.getReason() : failure.getMessage();
        if (reason == null) {
            return failure instanceof NotDirectoryException ? "not a directory" : failure.toString();
        }
        return reason.substring(0, 1).toLowerCase(Locale.ROOT)
                + reason.substring(1).replace(" left on device", " left");
    }

    /** A sink whose failures name it. */
    private static final class NamedSink extends ForwardingSink {
        private final String name;

        NamedSink(Sink sink, String name) {
            super(sink);
            this.name = name;
        }

        @Override
        public void write(ByteBuffer from) throws IOException {
            try {
                super.write(from);
            } catch (IOException e) {
                throw failure(name, e);
            }
        }

        @Override
        public void commit() throws IOException {
            try {
                super.commit();
            } catch (IOException e) {
                throw failure(name, e);
            }
        }
    }

    /** A source whose failures name it. */
    private static final class NamedSource extends ForwardingSource {
        private final String name;

        NamedSource(Source source, String name) {
            super(source);
            this.name = name;
        }

        @Override
        public int read(ByteBuffer to) throws IOException {
            try {
                return super.read(to);
            } catch (IOException e) {
                throw failure(name, e);
            }
        }
    }
}
