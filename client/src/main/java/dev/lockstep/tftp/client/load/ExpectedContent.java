package dev.lockstep.tftp.client.load;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * What a file holds, shared by all transfers of it: given beforehand, or learnt. Whichever transfer comes first to an
 * octet tells what it must be for all others, and the first complete one how long the file is; so every octet is
 * compared, with no file held twice. Safe on any thread; only learning takes a lock.
 */
public final class ExpectedContent {
    private static final int CHUNK_BITS = 20;
    private static final int CHUNK = 1 << CHUNK_BITS;
    /** Octets of one reference: what is left of the memory is for the transfers. */
    private static final long LIMIT = Runtime.getRuntime().maxMemory() / 4;

    private static final long UNKNOWN = -1;

    private volatile byte[][] chunks = new byte[0][];
    private volatile long known;
    private volatile long size = UNKNOWN;

    private ExpectedContent() {}

    /** One that is learnt. */
    static ExpectedContent learnt() {
        return new ExpectedContent();
    }

    /**
     * The content of a local file.
     *
     * @throws IllegalArgumentException if it doesn't fit into a quarter of the memory there is
     */
    public static ExpectedContent of(Path file) throws IOException {
        ExpectedContent reference = new ExpectedContent();
        byte[] chunk = new byte[CHUNK];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.readNBytes(chunk, 0, CHUNK); n > 0; n = in.readNBytes(chunk, 0, CHUNK)) {
                if (!reference.extend(reference.known, ByteBuffer.wrap(chunk, 0, n))) {
                    throw new IllegalArgumentException(
                            file + " (expected: at most " + LIMIT + " octets, a quarter of the memory: -Xmx)");
                }
            }
        }
        reference.size = reference.known;
        return reference;
    }

    /**
     * Compares what a transfer brings, or learns it.
     *
     * @return the offset of the first octet that is wrong, or -1
     * @throws IOException if there is more to learn than memory for it
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
                    throw new IOException("more than " + LIMIT + " octets to learn (give --verify FILE and -Xmx)");
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

    /** The octet that belongs there, or -1 where the file is over. */
    int octet(long offset) {
        boolean over = offset >= known || size != UNKNOWN && offset >= size;
        return over ? -1 : chunks[(int) (offset >> CHUNK_BITS)][(int) (offset & (CHUNK - 1))] & 0xFF;
    }

    /** A transfer is complete after that many octets: returns how many there must be. */
    synchronized long complete(long length) {
        if (size == UNKNOWN) {
            size = length; // never more than is known: all that came before was compared or learnt
        }
        return size;
    }

    /** Copies as much as one chunk takes, from that offset on, unless another was faster; false if there is no room. */
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
