package dev.lockstep.tftp.client.load;

import dev.lockstep.tftp.concurrent.ThreadSafe;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The expected content of a file, shared by all transfers of it. It is either given in advance or learnt: the first
 * transfer to receive a byte determines its value for all other transfers, and the first complete transfer determines
 * the size. So each byte is compared, while the content is held in memory once. Only learning takes a lock.
 */
@ThreadSafe
public final class ExpectedContent {
    private static final int CHUNK_BITS = 20;
    private static final int CHUNK = 1 << CHUNK_BITS;
    /** The maximum size of the content in bytes. The rest of the memory is for the transfers. */
    private static final long LIMIT = Runtime.getRuntime().maxMemory() / 4;

    private static final long UNKNOWN = -1;

    private volatile byte[][] chunks = new byte[0][];
    private volatile long known;
    private volatile long size = UNKNOWN;

    private ExpectedContent() {}

    /** Returns content that is learnt from the transfers. */
    static ExpectedContent learnt() {
        return new ExpectedContent();
    }

    /**
     * Reads the content of a local file.
     *
     * @param file the file
     * @return the content
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if it is larger than a quarter of the maximum heap size
     */
    public static ExpectedContent of(Path file) throws IOException {
        ExpectedContent content = new ExpectedContent();
        byte[] chunk = new byte[CHUNK];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.readNBytes(chunk, 0, CHUNK); n > 0; n = in.readNBytes(chunk, 0, CHUNK)) {
                if (!content.extend(content.known, ByteBuffer.wrap(chunk, 0, n))) {
                    throw new IllegalArgumentException(
                            file + " (expected: at most " + LIMIT + " bytes, a quarter of the heap: -Xmx)");
                }
            }
        }
        content.size = content.known;
        return content;
    }

    /**
     * Compares received bytes with the content, or learns them.
     *
     * @param offset the offset of the bytes in the file
     * @param from the received bytes
     * @return the offset of the first wrong byte, or -1 if there is none
     * @throws IOException if the content to learn exceeds the memory limit
     */
    long firstWrong(long offset, ByteBuffer from) throws IOException {
        long at = offset;
        while (from.hasRemaining()) {
            long end = size;
            long here = end == UNKNOWN ? known : end;
            if (at >= here) {
                if (end != UNKNOWN) {
                    return at;
                }
                if (!extend(at, from)) {
                    throw new IOException("more than " + LIMIT + " bytes to learn (give --verify FILE and -Xmx)");
                }
                continue;
            }
            int start = (int) (at & (CHUNK - 1));
            int length = (int) Math.min(Math.min(from.remaining(), here - at), CHUNK - start);
            ByteBuffer expected = ByteBuffer.wrap(chunks[(int) (at >> CHUNK_BITS)], start, length);
            int wrong = expected.mismatch(from.slice(from.position(), length));
            if (wrong >= 0) {
                return at + wrong;
            }
            from.position(from.position() + length);
            at += length;
        }
        return UNKNOWN;
    }

    /** Returns the expected byte at the offset, or -1 after the end of the file. */
    int byteAt(long offset) {
        boolean over = offset >= known || size != UNKNOWN && offset >= size;
        return over ? -1 : chunks[(int) (offset >> CHUNK_BITS)][(int) (offset & (CHUNK - 1))] & 0xFF;
    }

    /**
     * Records that a transfer is complete, and returns the expected size.
     *
     * @param length the number of bytes of the transfer
     * @return the expected number of bytes
     */
    synchronized long complete(long length) {
        if (size == UNKNOWN) {
            size = length; // never more than known: all bytes before the end were compared or learnt
        }
        return size;
    }

    /**
     * Copies bytes up to the end of one chunk, unless another transfer has already provided them. Returns false if the
     * memory limit is reached.
     */
    private synchronized boolean extend(long offset, ByteBuffer from) {
        if (offset < known) {
            return true;
        }
        int index = (int) (offset >> CHUNK_BITS);
        if (index == chunks.length) {
            if ((long) (index + 1) << CHUNK_BITS > Math.max(LIMIT, CHUNK)) {
                return false;
            }
            byte[][] more = Arrays.copyOf(chunks, index + 1);
            more[index] = new byte[CHUNK];
            chunks = more;
        }
        int start = (int) (offset & (CHUNK - 1));
        int length = Math.min(from.remaining(), CHUNK - start);
        from.duplicate().get(chunks[index], start, length);
        known = offset + length;
        return true;
    }
}
