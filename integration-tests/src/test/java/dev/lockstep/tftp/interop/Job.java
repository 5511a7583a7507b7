package dev.lockstep.tftp.interop;

import java.nio.file.Path;

/** One transfer as a user would ask for it; 0 for a size that isn't asked for. */
record Job(String remote, Path local, boolean netascii, int blksize, int windowsize) {

    static Job of(String remote, Path local) {
        return new Job(remote, local, false, 0, 0);
    }

    Job asNetascii() {
        return new Job(remote, local, true, blksize, windowsize);
    }

    Job blksize(int octets) {
        return new Job(remote, local, netascii, octets, windowsize);
    }

    Job windowsize(int blocks) {
        return new Job(remote, local, netascii, blksize, blocks);
    }
}
