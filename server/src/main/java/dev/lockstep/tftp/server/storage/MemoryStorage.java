package dev.lockstep.tftp.server.storage;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.transfer.Sink;
import dev.lockstep.tftp.transfer.Source;
import dev.lockstep.tftp.transfer.TftpException;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * Files in memory, all of them together no larger than a limit. What was uploaded is served back at once; a file
 * that is replaced goes on being sent to whoever has begun to read it.
 */
public final class MemoryStorage implements Storage {
    private static final int FEW_FILES = 16;
    private static final int KIB = 1024;

    private final long limit;
    private final WriteRules rules;
    private final Map<String, byte[]> files = new HashMap<>();
    private long used;

    /**
     * An empty storage.
     *
     * @param limit octets of all files, those being received included
     */
    public MemoryStorage(long limit, WriteRules rules) {
        if (limit < 1) {
            throw new IllegalArgumentException("memory limit: " + limit + " (expected: >= 1)");
        }
        this.limit = limit;
        this.rules = rules;
    }

    /** Puts a file there, or replaces it. */
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

    private synchronized void take(int octets) throws TftpException {
        if (octets > limit - used) {
            throw full();
        }
        used += octets;
    }

    private synchronized void giveBack(int octets) {
        used -= octets;
    }

    /** The octets of {@code content} are taken already. */
    private synchronized void publish(String name, byte[] content) {
        byte[] replaced = files.put(name, content);
        used -= replaced == null ? 0 : replaced.length;
    }

    /** A file takes memory even if it is empty: there are not many more of them than the limit has KiB. */
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
                byte[] octets = new byte[length];
                from.get(octets);
                content.writeBytes(octets);
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
