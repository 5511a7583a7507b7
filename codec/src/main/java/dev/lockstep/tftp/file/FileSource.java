package dev.lockstep.tftp.file;

import dev.lockstep.tftp.transfer.Source;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** An open file to be sent. What happens to its name meanwhile does not matter: the descriptor is read. */
public final class FileSource implements Source {
    private final FileChannel file;
    private final long size;

    /** Takes the channel over. The size it has now is the size that is promised. */
    public FileSource(FileChannel file) throws IOException {
        this(file, file.size());
    }

    /** Takes the channel over, and promises that size, or none. */
    public FileSource(FileChannel file, long size) {
        this.file = file;
        this.size = size;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
        try {
            return file.read(to);
        } catch (IOException e) {
            throw FileErrors.of(e);
        }
    }

    /** A pipe, whose size nobody knows, gives its bytes once. */
    @Override
    public boolean canRewind() {
        return size != UNKNOWN_SIZE;
    }

    @Override
    public void rewind() throws IOException {
        file.position(0);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
