package dev.lockstep.tftp.file;

import dev.lockstep.tftp.transfer.SharedSource;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** An open file of which the version is known; many can read it through one descriptor. */
public final class SharedFileSource implements SharedSource {
    private final FileChannel file;
    private final Path path;
    private final FileVersion version;
    private final Closeable end;
    private long position;
    private boolean closed;

    SharedFileSource(FileChannel file, Path path, FileVersion version, Closeable end) {
        this.file = file;
        this.path = path;
        this.version = version;
        this.end = end;
    }

    @Override
    public Object version() {
        return version;
    }

    @Override
    public long size() {
        return version.size();
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
        int octets = read(to, position);
        position += Math.max(0, octets);
        return octets;
    }

    @Override
    public int read(ByteBuffer to, long offset) throws IOException {
        try {
            return file.read(to, offset);
        } catch (IOException e) {
            throw FileErrors.of(e);
        }
    }

    @Override
    public boolean isUnchanged() {
        try {
            return FileVersion.of(path, LinkOption.NOFOLLOW_LINKS).equals(version);
        } catch (IOException | UnsupportedOperationException e) {
            return false; // another file's, or nobody's, as far as others are concerned
        }
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            end.close();
        }
    }
}
