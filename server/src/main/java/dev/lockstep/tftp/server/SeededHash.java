package dev.lockstep.tftp.server;

/**
 * A hash that nobody foresees who does not know its key: who chooses what is put into a table can't have it meet there
 * at will.
 */
record SeededHash(long key) {
    /** As SplittableRandom mixes: all bits depend on all bits. */
    long of(long value) {
        long hash = (value ^ key) * 0x9E3779B97F4A7C15L;
        hash = (hash ^ hash >>> 30) * 0xBF58476D1CE4E5B9L;
        hash = (hash ^ hash >>> 27) * 0x94D049BB133111EBL;
        return hash ^ hash >>> 31;
    }
}
