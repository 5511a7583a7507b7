package dev.lockstep.tftp.server.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** An open file whose version is known. Many transfers can read it through one descriptor. */
final class SharedFileSource extends VersionedFileSource implements SharedSource {
    SharedFileSource(VersionedFile file, Closeable end) {
        super(file, end);
    }

    @Override
    public Object version() {
        return file().version();
    }

    @Override
    public int read(ByteBuffer to, long offset) throws IOException {
        return file().read(to, offset);
    }
}
