package dev.lockstep.tftp.server.internal.validation;

/** A seeded 64-bit hash. Without the seed an attacker cannot choose keys that collide. */
record SeededHash(long key) {
    /**
     * Returns the hash of a value, mixed as SplittableRandom does: each bit of the result depends on all bits of the
     * value.
     */
    long of(long value) {
        long hash = (value ^ key) * 0x9E3779B97F4A7C15L;
        hash = (hash ^ hash >>> 30) * 0xBF58476D1CE4E5B9L;
        hash = (hash ^ hash >>> 27) * 0x94D049BB133111EBL;
        return hash ^ hash >>> 31;
    }
}
