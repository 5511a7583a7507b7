package dev.lockstep.tftp.file;

import dev.lockstep.tftp.transfer.Source;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** An open file to be sent as the version it was opened as; a read after it was changed fails. */
public class VersionedFileSource implements Source {
    private final VersionedFile file;
    private final Closeable end;
    private long position;
    private boolean closed;

    /** Takes the channel over, which is open on that version of what stands under that path. */
    public VersionedFileSource(FileChannel open, Path path, FileVersion version) {
        this.file = new VersionedFile(open, path, version);
        this.end = file;
    }

    /** One of those who read that file. */
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
        int octets = file.read(to, position);
        position += Math.max(0, octets);
        return octets;
    }

    @Override
    public final void close() throws IOException {
        if (!closed) {
            closed = true;
            end.close();
        }
    }
}
