package dev.lockstep.tftp.transfer;

/**
 * A path on which small datagrams pass and large ones vanish without a word: somewhere its MTU is smaller than this
 * machine knows, and what would say so is filtered (RFC 2923, section 2.1). The options cross it; no block ever does.
 */
public final class PmtuBlackHole {
    /** Blocks of this size cross every path: with all headers they are shorter than the 576 octets of RFC 791. */
    public static final int SAFE_BLKSIZE = TransferSettings.PLAIN.blksize();

    private PmtuBlackHole() {}

    /** Whether there are blocks of more than the safe size, at least the first one. */
    static boolean isPossible(TransferSettings settings) {
        boolean isWithin = settings.tsize() != Source.UNKNOWN_SIZE && settings.tsize() <= SAFE_BLKSIZE;
        return settings.blksize() > SAFE_BLKSIZE && !isWithin;
    }

    /**
     * Whether a transfer may have ended in one: its blocks were larger than the safe size, and none was ever
     * acknowledged or received, though somebody asked again. The other end may just have gone: whoever calls this knows
     * more.
     */
    public static boolean isSuspected(TransferSettings settings, TransferStats stats) {
        return isPossible(settings) && stats.blocks() == 0 && stats.resends() > 0;
    }
}
