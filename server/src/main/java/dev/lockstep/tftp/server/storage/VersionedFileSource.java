package dev.lockstep.tftp.server.storage;

import dev.lockstep.tftp.io.Source;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** An open file to be sent as the version it was opened as. Reading it fails after it has changed. */
class VersionedFileSource implements Source {
    private final VersionedFile file;
    private final Closeable end;
    private long position;
    private boolean closed;

    /**
     * Creates a source that takes ownership of the channel.
     *
     * @param open a channel of that version of the file at the path
     */
    public VersionedFileSource(FileChannel open, Path path, FileVersion version) {
        this.file = new VersionedFile(open, path, version);
        this.end = file;
    }

    /**
     * Creates one of several sources that read the same file.
     *
     * @param end called once, when this source is closed
     */
    VersionedFileSource(VersionedFile file, Closeable end) {
        this.file = file;
        this.end = end;
    }

    final VersionedFile file() {
        return file;
    }

    @Override
    public final long size() {
        return file.version().size();
    }

    @Override
    public final int read(ByteBuffer to) throws IOException {
        int length = file.read(to, position);
        position += Math.max(0, length);
        return length;
    }

    @Override
    public final boolean canRewind() {
        return true;
    }

    @Override
    public final void rewind() {
        position = 0;
    }

    @Override
    public final void close() throws IOException {
        if (!closed) {
            closed = true;
            end.close();
        }
    }
}
