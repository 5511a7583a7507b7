package dev.lockstep.tftp.interop;

import java.nio.file.Path;

/** A transfer in the terms of a user; a size of 0 is not requested. */
record Job(String remote, Path local, boolean netascii, int blksize, int windowsize) {

    static Job of(String remote, Path local) {
        return new Job(remote, local, false, 0, 0);
    }

    Job asNetascii() {
        return new Job(remote, local, true, blksize, windowsize);
    }

    Job blksize(int bytes) {
        return new Job(remote, local, netascii, bytes, windowsize);
    }

    Job windowsize(int blocks) {
        return new Job(remote, local, netascii, blksize, blocks);
    }
}
