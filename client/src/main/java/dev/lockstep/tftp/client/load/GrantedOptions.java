package dev.lockstep.tftp.client.load;

/**
 * The options that a server has granted to transfers, or the defaults of RFC 1350.
 *
 * @param blksize the block size in bytes
 * @param windowsize the window size in blocks
 */
public record GrantedOptions(int blksize, int windowsize) {}
