package dev.lockstep.tftp.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** An open file to be sent. Renaming or removing the file does not affect it, because the descriptor is read. */
public final class FileSource implements Source {
    private final FileChannel file;
    private final long size;

    /**
     * Creates a source that takes ownership of the channel. The current size of the file is the size to send.
     *
     * @param file the open file
     * @throws IOException if its size cannot be determined
     */
    public FileSource(FileChannel file) throws IOException {
        this(file, file.size());
    }

    /**
     * Creates a source that takes ownership of the channel.
     *
     * @param file the open file
     * @param size the size in bytes, or {@link #UNKNOWN_SIZE}
     */
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

    /** Returns whether the size is known. A pipe has no known size and can be read only once. */
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
