package dev.lockstep.tftp.server.storage;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.io.MemorySource;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.negotiation.KnownOption;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Files in memory, with a limit of their total size. An uploaded file can be read at once. When a file is replaced,
 * transfers that have started to read it continue with the old content.
 */
@ThreadSafe
public final class MemoryStorage implements Storage {
    private static final int FEW_FILES = 16;
    private static final int KIB = 1024;
    /** Size of the largest array in bytes. */
    private static final int LARGEST_FILE = Integer.MAX_VALUE - 8;

    private final Contents contents;
    private final WriteRules rules;

    /**
     * Creates an empty storage.
     *
     * @param limit the limit in bytes for all files, including running uploads
     * @param rules the rules for uploads
     * @throws IllegalArgumentException if the limit is less than 1
     */
    public MemoryStorage(long limit, WriteRules rules) {
        this(new Contents(limit), rules);
    }

    private MemoryStorage(Contents contents, WriteRules rules) {
        this.contents = contents;
        this.rules = rules;
    }

    /**
     * {@return a storage of the same files with other rules for uploads}
     *
     * @param other the other rules
     */
    public MemoryStorage withRules(WriteRules other) {
        return new MemoryStorage(contents, other);
    }

    /**
     * Adds or replaces a file.
     *
     * @param filename the name as in a request
     * @param content is copied
     * @throws TftpException if the name is invalid, or the memory limit is reached
     */
    public void put(String filename, byte[] content) throws TftpException {
        contents.put(nameOf(filename), content.clone());
    }

    /**
     * Returns a copy of the content of a file.
     *
     * @param filename the name as in a request
     * @return null if there is no such file
     */
    public byte[] get(String filename) {
        try {
            byte[] content = contents.get(nameOf(filename));
            return content == null ? null : content.clone();
        } catch (TftpException invalid) {
            return null;
        }
    }

    /** {@return a copy of the names of all files, sorted, with slashes between their elements and none before} */
    public Set<String> names() {
        return contents.names();
    }

    @Override
    public Source read(ReadRequest request, InetSocketAddress peer) throws TftpException {
        byte[] content = contents.get(nameOf(request.filename()));
        if (content == null) {
            throw new TftpException(ErrorCode.FILE_NOT_FOUND, "file not found");
        }
        return new MemorySource(content);
    }

    @Override
    public Sink write(WriteRequest request, InetSocketAddress peer) throws TftpException {
        rules.check(request);
        String name = nameOf(request.filename());
        contents.requireRoomFor(
                name, rules, KnownOption.TSIZE.requestedIn(request.options()).orElse(0));
        return rules.limit(new MemorySink(name));
    }

    @Override
    public boolean isWritable() {
        return rules.allowed();
    }

    @Override
    public String toString() {
        return "memory";
    }

    private static String nameOf(String filename) throws TftpException {
        return String.join("/", VirtualPath.elementsOfFile(filename));
    }

    private static TftpException full() {
        return new TftpException(ErrorCode.DISK_FULL, "memory is full");
    }

    /** The files and the memory they use. */
    private static final class Contents {
        private final long limit;
        private final Map<String, byte[]> files = new TreeMap<>();
        private long used;

        Contents(long limit) {
            if (limit < 1) {
                throw new IllegalArgumentException("memory limit: " + limit + " (expected: >= 1)");
            }
            this.limit = limit;
        }

        synchronized byte[] get(String name) {
            return files.get(name);
        }

        synchronized Set<String> names() {
            return new TreeSet<>(files.keySet());
        }

        synchronized void put(String name, byte[] content) throws TftpException {
            requireRoomFor(name, WriteRules.ANY_FILE, 0);
            take(content.length);
            publish(name, content);
        }

        /**
         * Checks that a file may be added. The number of files is limited to about one for each KiB of the limit, since
         * even an empty file takes memory.
         */
        synchronized void requireRoomFor(String name, WriteRules rules, long size) throws TftpException {
            boolean exists = files.containsKey(name);
            if (exists && !rules.overwrite()) {
                throw new TftpException(ErrorCode.FILE_EXISTS, "file exists");
            }
            if (size > limit - used || !exists && files.size() >= FEW_FILES + limit / KIB) {
                throw full();
            }
        }

        synchronized void take(int bytes) throws TftpException {
            if (bytes > limit - used) {
                throw full();
            }
            used += bytes;
        }

        synchronized void giveBack(int bytes) {
            used -= bytes;
        }

        /** Adds an upload whose bytes are already counted. */
        synchronized void commit(String name, WriteRules rules, byte[] content) throws TftpException {
            requireRoomFor(name, rules, 0);
            publish(name, content);
        }

        private void publish(String name, byte[] content) {
            byte[] replaced = files.put(name, content);
            used -= replaced == null ? 0 : replaced.length;
        }
    }

    private final class MemorySink implements Sink {
        private final String name;
        private final ByteArrayOutputStream written = new ByteArrayOutputStream();
        /** Bytes counted as used by this upload. */
        private int taken;

        MemorySink(String name) {
            this.name = name;
        }

        @Override
        public void write(ByteBuffer from) throws TftpException {
            if (from.remaining() > LARGEST_FILE - written.size()) {
                throw full();
            }
            byte[] bytes = new byte[from.remaining()];
            from.get(bytes);
            contents.take(bytes.length);
            taken += bytes.length;
            written.writeBytes(bytes);
        }

        @Override
        public void commit() throws TftpException {
            contents.commit(name, rules, written.toByteArray());
            taken = 0;
        }

        @Override
        public void close() {
            contents.giveBack(taken);
        }
    }
}
