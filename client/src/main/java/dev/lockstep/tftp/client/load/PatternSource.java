package dev.lockstep.tftp.client.load;

import dev.lockstep.tftp.io.Source;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/**
 * A source of any size with a repeating pattern of pseudo-random bytes. The period is a prime and so no multiple of a
 * block size.
 */
final class PatternSource implements Source {
    /** A prime, so that a missing or duplicated block is detected. */
    private static final int PERIOD = 65_521;

    private static final byte[] PATTERN = new byte[PERIOD];

    static {
        new SplittableRandom(PERIOD).nextBytes(PATTERN);
    }

    private final long size;
    private long offset;

    PatternSource(long size) {
        this.size = size;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int read(ByteBuffer to) {
        int start = (int) (offset % PERIOD);
        int length = (int) Math.min(Math.min(to.remaining(), size - offset), PERIOD - start);
        if (length == 0) {
            return -1;
        }
        to.put(PATTERN, start, length);
        offset += length;
        return length;
    }

    @Override
    public boolean mayBlock() {
        return false;
    }

    @Override
    public void close() {
        // nothing is open
    }
}
