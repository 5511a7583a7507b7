package dev.lockstep.tftp.transfer;

/**
 * Limits the number of blocks that are sent in one burst, so that a window larger than a buffer on the path is not lost
 * again and again. The limit is halved by each timeout and doubled by each acknowledged burst (RFC 7440, section 6).
 */
final class BurstController {
    private final int windowsize;
    private int limit;

    /** Creates a controller that allows a whole window. */
    BurstController(int windowsize) {
        this.windowsize = windowsize;
        this.limit = windowsize;
    }

    /** Returns the maximum number of blocks in a burst, at least 1 and at most the window. */
    int limit() {
        return limit;
    }

    /** Called when blocks are acknowledged by one ACK. */
    void onAck(long blocks) {
        if (blocks >= limit) {
            limit = Math.min(windowsize, limit * 2);
        }
    }

    /** Called when a timeout has expired without an ACK. */
    void onTimeout() {
        limit = Math.max(1, limit / 2);
    }
}
