package dev.lockstep.tftp.transfer;

import dev.lockstep.tftp.event.TransferStats;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.negotiation.TransferSettings;

/**
 * Recognizes a path MTU black hole: a path that silently drops large datagrams. A link of the path has a smaller MTU
 * than this machine knows, and the ICMP messages that would report it are filtered (RFC 2923, section 2.1). The options
 * of a transfer are exchanged, but no block arrives.
 */
public final class PmtuBlackHole {
    /**
     * A block size, in bytes, that passes on every path: with all headers, the datagrams are shorter than the 576 bytes
     * of RFC 791.
     */
    public static final int SAFE_BLKSIZE = TransferSettings.PLAIN.blksize();

    private PmtuBlackHole() {}

    /** Returns whether at least the first block is larger than {@link #SAFE_BLKSIZE}, or may be. */
    static boolean isPossible(TransferSettings settings) {
        boolean isWithin = settings.tsize() != Source.UNKNOWN_SIZE && settings.tsize() <= SAFE_BLKSIZE;
        return settings.blksize() > SAFE_BLKSIZE && !isWithin;
    }

    /**
     * {@return whether a PMTU black hole may have ended a transfer: its blocks were larger than {@link #SAFE_BLKSIZE},
     * none was acknowledged or received, and something was retransmitted} A peer that just stopped looks the same; the
     * caller has to tell the two apart.
     *
     * @param settings the negotiated settings of the transfer
     * @param stats its final counters
     */
    public static boolean isSuspected(TransferSettings settings, TransferStats stats) {
        return isPossible(settings) && stats.blocks() == 0 && stats.resends() > 0;
    }
}
