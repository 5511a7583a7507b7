package dev.lockstep.tftp.testing;

import java.util.SplittableRandom;

/** Creates contents of files. */
public final class TestBytes {
    private TestBytes() {}

    /** Returns pseudo-random bytes, always the same for the same length. */
    public static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new SplittableRandom(length).nextBytes(bytes);
        return bytes;
    }
}
