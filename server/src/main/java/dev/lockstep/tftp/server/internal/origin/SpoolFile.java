package dev.lockstep.tftp.server.internal.origin;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.server.storage.SharedSource;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A version of a file in the spool, which many transfers read through one descriptor. It may still be growing. Its
 * last byte cannot be read before it is complete and verified, so no transfer ends with a file that is damaged. Each
 * block has a checksum, so that damage on the disk is noticed when the block is read.
 */
@ThreadSafe
final class SpoolFile {
    /** Size of a block with a checksum, in bytes: that of the chunks that transfers share. */
    static final int BLOCK = 256 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(SpoolFile.class);

    private final String name;
    private final FileChannel channel;
    private final Closeable descriptor;
    private final Runnable damaged;

    private int users = 1;
    private boolean closed;

    private volatile long size;
    private volatile long readable;
    private long written;
    private boolean complete;
    private IOException failure;
    private final CRC32C block = new CRC32C();
    private int[] checksums;
    private final List<Waiter> waiters = new ArrayList<>();

    private record Waiter(long end, Runnable then) {}

    /**
     * Creates an empty file that grows.
     *
     * @param name identifies this version of the file
     * @param descriptor closed when the file is no longer used
     * @param size the size in bytes, or {@link Source#UNKNOWN_SIZE}
     * @param damaged called when a block does not match its checksum
     */
    SpoolFile(String name, FileChannel channel, Closeable descriptor, long size, Runnable damaged) {
        this.name = name;
        this.channel = channel;
        this.descriptor = descriptor;
        this.size = size;
        this.checksums = new int[16];
        this.damaged = damaged;
    }

    /**
     * Creates a complete file.
     *
     * @param entry has the size and the checksums of the blocks
     * @param descriptor closed when the file is no longer used
     * @param damaged called when a block does not match its checksum
     */
    SpoolFile(CacheEntry entry, FileChannel channel, Closeable descriptor, Runnable damaged) {
        this.name = entry.body();
        this.channel = channel;
        this.descriptor = descriptor;
        this.size = entry.size();
        this.written = size;
        this.readable = size;
        this.complete = true;
        this.checksums = entry.checksums();
        this.damaged = damaged;
    }

    String name() {
        return name;
    }

    /** Returns the size in bytes, or {@link Source#UNKNOWN_SIZE} as long as it is not known. */
    long size() {
        return size;
    }

    /** Returns the number of bytes received so far. */
    synchronized long written() {
        return written;
    }

    /** Returns the checksums of all blocks of a complete file. */
    synchronized int[] checksums() {
        return Arrays.copyOf(checksums, CacheEntry.blocksOf(written));
    }

    /** Adds a user and returns true, or returns false if the file is closed. */
    synchronized boolean retain() {
        users += closed ? 0 : 1;
        return !closed;
    }

    /** Removes a user, and closes the file if it was the last one. */
    void release() {
        synchronized (this) {
            users--;
            if (users > 0) {
                return;
            }
            closed = true;
        }
        try {
            descriptor.close();
        } catch (IOException e) {
            LOG.debug("cannot close {}", name, e);
        }
    }

    /** Returns whether anyone but the cache uses the file. */
    synchronized boolean isServed() {
        return users > 1;
    }

    /** Returns a source that reads this file, or null if it is closed. */
    SharedSource open() {
        return retain() ? new Reader() : null;
    }

    /** Appends bytes. Only one thread at a time does so. */
    @Blocking
    void append(ByteBuffer bytes) throws IOException {
        long at = written();
        long expected = size;
        if (expected != Source.UNKNOWN_SIZE && bytes.remaining() > expected - at) {
            throw new IOException("body is longer than " + expected + " bytes");
        }
        while (bytes.hasRemaining()) {
            int inBlock = (int) (at % BLOCK);
            ByteBuffer part = bytes.slice();
            part.limit(Math.min(part.remaining(), BLOCK - inBlock));
            bytes.position(bytes.position() + part.remaining());
            block.update(part.duplicate());
            while (part.hasRemaining()) {
                at += channel.write(part, at);
            }
            sum((int) ((at - 1) / BLOCK), (int) block.getValue());
            if (at % BLOCK == 0) {
                block.reset();
            }
        }
        List<Runnable> ready;
        synchronized (this) {
            written = at;
            readable = expected == Source.UNKNOWN_SIZE ? at : Math.min(at, expected - 1);
            ready = takeReady();
        }
        ready.forEach(Runnable::run);
    }

    private synchronized void sum(int index, int checksum) {
        if (index >= checksums.length) {
            checksums = Arrays.copyOf(checksums, checksums.length * 2);
        }
        checksums[index] = checksum;
    }

    private List<Runnable> takeReady() {
        List<Runnable> ready = new ArrayList<>();
        waiters.removeIf(waiter -> (waiter.end <= readable || complete || failure != null) && ready.add(waiter.then));
        notifyAll();
        return ready;
    }

    /** Makes the last byte readable: everything has been received and verified. */
    void complete() {
        List<Runnable> ready;
        synchronized (this) {
            size = written;
            readable = written;
            complete = true;
            ready = takeReady();
        }
        ready.forEach(Runnable::run);
    }

    /** Ends all reads beyond the bytes received so far with a failure. */
    void fail(IOException cause) {
        List<Runnable> ready;
        synchronized (this) {
            failure = cause;
            ready = takeReady();
        }
        ready.forEach(Runnable::run);
    }

    private synchronized boolean await(long end, Runnable then) {
        boolean mustWait = end > readable && !complete && failure == null;
        return mustWait && waiters.add(new Waiter(end, then));
    }

    /** Waits until the byte at an offset can be read; returns the number of bytes from there on, or 0 at the end. */
    private synchronized long awaitReadable(long offset) throws IOException {
        try {
            while (offset >= readable && !complete && failure == null) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
        if (offset >= readable && failure != null) {
            throw failure;
        }
        return readable - offset;
    }

    private int read(ByteBuffer to, long offset) throws IOException {
        long available = awaitReadable(offset);
        if (available <= 0) {
            return -1;
        }
        int index = (int) (offset / BLOCK);
        int inBlock = (int) (offset % BLOCK);
        int length = lengthOf(index);
        if (length == 0) { // the last block is still being written
            ByteBuffer part = to.slice();
            part.limit((int) Math.min(part.remaining(), available));
            int read = readFully(part, offset);
            to.position(to.position() + read);
            return read;
        }
        if (inBlock == 0 && to.remaining() >= length) {
            ByteBuffer whole = to.slice();
            whole.limit(length);
            verify(whole, index, offset);
            to.position(to.position() + length);
            return length;
        }
        ByteBuffer whole = ByteBuffer.allocate(length);
        verify(whole, index, offset - inBlock);
        whole.position(inBlock);
        whole.limit((int) Math.min(length, inBlock + Math.min(to.remaining(), available)));
        int read = whole.remaining();
        to.put(whole);
        return read;
    }

    /** Returns the length of a block whose bytes are all there, or 0. */
    private synchronized int lengthOf(int index) {
        long start = (long) index * BLOCK;
        if (complete) {
            return (int) Math.min(BLOCK, written - start);
        }
        return start + BLOCK <= readable ? BLOCK : 0;
    }

    private int readFully(ByteBuffer to, long offset) throws IOException {
        int start = to.position();
        while (to.hasRemaining()) {
            if (channel.read(to, offset + to.position() - start) < 0) {
                throw damage();
            }
        }
        return to.position() - start;
    }

    private void verify(ByteBuffer whole, int index, long offset) throws IOException {
        ByteBuffer bytes = whole.duplicate();
        readFully(whole, offset);
        CRC32C found = new CRC32C();
        found.update(bytes);
        int expected;
        synchronized (this) {
            expected = checksums[index];
        }
        if ((int) found.getValue() != expected) {
            throw damage();
        }
    }

    private IOException damage() {
        damaged.run();
        return new TftpException(ErrorCode.NOT_DEFINED, "cached file is damaged, try again").because(name);
    }

    /**
     * Reads a complete file and compares the checksums of its blocks.
     *
     * @throws IOException if it is damaged
     */
    @Blocking
    void verifyAll() throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect((int) Math.min(BLOCK, Math.max(1, size)));
        for (int index = 0; index < CacheEntry.blocksOf(size); index++) {
            buffer.clear().limit(lengthOf(index));
            verify(buffer, index, (long) index * BLOCK);
        }
    }

    /** Returns the bytes received so far, for a small file. */
    @Blocking
    byte[] content() throws IOException {
        ByteBuffer content = ByteBuffer.allocate(Math.toIntExact(written()));
        readFully(content, 0);
        return content.array();
    }

    /**
     * Compares bytes with those that were received before.
     *
     * @param bytes the bytes; those up to the end of what was received are consumed
     * @param offset the offset of the first of them
     * @return whether they are equal
     */
    @Blocking
    boolean matches(ByteBuffer bytes, long offset) throws IOException {
        ByteBuffer before = ByteBuffer.allocate((int) Math.min(bytes.remaining(), written() - offset));
        readFully(before, offset);
        ByteBuffer part = bytes.slice();
        part.limit(before.position());
        bytes.position(bytes.position() + part.remaining());
        return before.flip().equals(part);
    }

    /** Reads for one transfer. */
    private final class Reader implements SharedSource {
        private long position;
        private boolean released;

        @Override
        public Object version() {
            return name;
        }

        @Override
        public long size() {
            return SpoolFile.this.size;
        }

        @Override
        public boolean awaitBytes(long end, Runnable then) {
            return await(end, then);
        }

        @Override
        public int read(ByteBuffer to, long offset) throws IOException {
            return SpoolFile.this.read(to, offset);
        }

        @Override
        public int read(ByteBuffer to) throws IOException {
            int length = SpoolFile.this.read(to, position);
            position += Math.max(0, length);
            return length;
        }

        @Override
        public boolean canRewind() {
            return true;
        }

        @Override
        public void rewind() {
            position = 0;
        }

        @Override
        public void close() {
            if (!released) {
                released = true;
                release();
            }
        }
    }
}
