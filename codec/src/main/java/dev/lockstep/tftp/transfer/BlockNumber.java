package dev.lockstep.tftp.transfer;

/**
 * The 16-bit numbers of a long count of blocks. After 65535 comes 0, as every client at large expects it, or 1 where
 * that was agreed on (option {@code rollover}); no RFC says which.
 */
public final class BlockNumber {
    /** The highest number. */
    public static final int MAX = 0xFFFF;

    private BlockNumber() {}

    /**
     * The number on the wire of the {@code count}th block, counted from 1; 0 stands for "nothing yet".
     *
     * @param rollover what follows 65535: 0 or 1
     */
    public static int of(long count, int rollover) {
        if (rollover == 0 || count <= MAX) {
            return (int) count & MAX;
        }
        return (int) ((count - 1) % MAX) + 1;
    }

    /**
     * How many blocks {@code block} is ahead of {@code count}: 0 for the same one, a number near 65536 for one
     * behind. Since a window is far smaller than the period, this one subtraction answers every comparison.
     */
    public static int distance(long count, int block, int rollover) {
        if (rollover == 0) {
            return (block - (int) count) & MAX;
        }
        if (block == 0) {
            return count == 0 ? 0 : MAX; // there is no block 0 but the one before the first
        }
        return count == 0 ? block : Math.floorMod(block - of(count, 1), MAX);
    }
}
