package dev.lockstep.tftp.testing;

import java.util.SplittableRandom;

/** Contents of files. */
public final class TestBytes {
    private TestBytes() {}

    /** That many octets, always the same ones. */
    public static byte[] random(int length) {
        byte[] octets = new byte[length];
        new SplittableRandom(length).nextBytes(octets);
        return octets;
    }
}
