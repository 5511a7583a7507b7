package dev.lockstep.tftp.server.storage;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.io.Source;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * Files in memory, with a limit of their total size. An uploaded file can be read at once. When a file is replaced,
 * transfers that have started to read it continue with the old content.
 */
@ThreadSafe
public final class MemoryStorage implements Storage {
    private static final int FEW_FILES = 16;
    private static final int KIB = 1024;

    private final long limit;
    private final WriteRules rules;
    private final Map<String, byte[]> files = new HashMap<>();
    private long used;

    /**
     * Creates an empty storage.
     *
     * @param limit the limit in bytes for all files, including running uploads
     * @param rules the rules for uploads
     * @throws IllegalArgumentException if the limit is less than 1
     */
    public MemoryStorage(long limit, WriteRules rules) {
        if (limit < 1) {
            throw new IllegalArgumentException("memory limit: " + limit + " (expected: >= 1)");
        }
        this.limit = limit;
        this.rules = rules;
    }

    /**
     * Adds or replaces a file.
     *
     * @param filename the name as in a request
     * @param content is copied
     * @throws TftpException if the name is invalid, or the memory limit is reached
     */
    public synchronized void put(String filename, byte[] content) throws TftpException {
        String name = nameOf(filename);
        requireRoomFor(name);
        byte[] copy = content.clone();
        take(copy.length);
        publish(name, copy);
    }

    @Override
    public synchronized Source read(String filename, InetSocketAddress peer) throws TftpException {
        byte[] content = files.get(nameOf(filename));
        if (content == null) {
            throw new TftpException(ErrorCode.FILE_NOT_FOUND, "file not found");
        }
        return new MemorySource(content);
    }

    @Override
    public synchronized Sink write(String filename, long size, InetSocketAddress peer) throws TftpException {
        rules.check(size);
        String name = nameOf(filename);
        requireFree(name);
        if (size > limit - used) {
            throw full();
        }
        requireRoomFor(name);
        return new LimitedSink(new MemorySink(name), rules);
    }

    private static String nameOf(String filename) throws TftpException {
        String name = String.join("/", VirtualPath.elementsOf(filename));
        if (name.isEmpty()) {
            throw new TftpException(ErrorCode.ACCESS_VIOLATION, "not a regular file");
        }
        return name;
    }

    private synchronized void requireFree(String name) throws TftpException {
        if (!rules.overwrite() && files.containsKey(name)) {
            throw new TftpException(ErrorCode.FILE_EXISTS, "file exists");
        }
    }

    private synchronized void take(int bytes) throws TftpException {
        if (bytes > limit - used) {
            throw full();
        }
        used += bytes;
    }

    private synchronized void giveBack(int bytes) {
        used -= bytes;
    }

    /** Adds a file whose bytes are already counted. */
    private synchronized void publish(String name, byte[] content) {
        byte[] replaced = files.put(name, content);
        used -= replaced == null ? 0 : replaced.length;
    }

    /**
     * Checks the number of files, since even an empty file takes memory: it is limited to about one file for each KiB
     * of the limit.
     */
    private synchronized void requireRoomFor(String name) throws TftpException {
        if (!files.containsKey(name) && files.size() >= FEW_FILES + limit / KIB) {
            throw full();
        }
    }

    private static TftpException full() {
        return new TftpException(ErrorCode.DISK_FULL, "memory is full");
    }

    private final class MemorySink implements Sink {
        private final String name;
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();
        private boolean committed;

        MemorySink(String name) {
            this.name = name;
        }

        @Override
        public void write(ByteBuffer from) throws TftpException {
            int length = from.remaining();
            take(length);
            try {
                byte[] bytes = new byte[length];
                from.get(bytes);
                content.writeBytes(bytes);
            } catch (OutOfMemoryError e) {
                giveBack(length);
                throw full();
            }
        }

        @Override
        public void commit() throws TftpException {
            synchronized (MemoryStorage.this) {
                requireFree(name);
                requireRoomFor(name);
                publish(name, content.toByteArray());
                committed = true;
            }
        }

        @Override
        public void close() {
            if (!committed) {
                giveBack(content.size());
            }
        }
    }
}
