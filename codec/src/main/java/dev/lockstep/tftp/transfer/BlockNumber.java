package dev.lockstep.tftp.transfer;

/**
 * Converts a 64-bit count of blocks to 16-bit block numbers. The number after 65535 is 0, as nearly all clients expect,
 * or 1 if that was negotiated (option {@code rollover}). No RFC specifies which.
 */
final class BlockNumber {
    /** The highest block number. */
    public static final int MAX = 0xFFFF;

    private BlockNumber() {}

    /**
     * Returns the block number on the wire of the {@code count}th block.
     *
     * @param count the block, counted from 1; 0 for "no block yet"
     * @param rollover the block number after 65535: 0 or 1
     */
    public static int of(long count, int rollover) {
        if (rollover == 0 || count <= MAX) {
            return (int) count & MAX;
        }
        return (int) ((count - 1) % MAX) + 1;
    }

    /**
     * Returns the distance from block {@code count} to {@code block}: 0 if they are the same, 1 if {@code block} is the
     * next one. A block before {@code count} yields a number close to 65536. Windows are far smaller than the range of
     * block numbers, so this one subtraction decides every comparison.
     *
     * @param count the block to compare with, counted from 1
     * @param block a block number from the wire, 0 to 65535
     * @param rollover the block number after 65535: 0 or 1
     */
    public static int distance(long count, int block, int rollover) {
        if (rollover == 0) {
            return (block - (int) count) & MAX;
        }
        if (block == 0) {
            return count == 0 ? 0 : MAX; // with rollover 1, block number 0 exists only before the first block
        }
        return count == 0 ? block : Math.floorMod(block - of(count, 1), MAX);
    }
}
