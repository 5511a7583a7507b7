package dev.lockstep.tftp.transfer;

/** How far a {@link Receiver} is. */
enum ReceivePhase {
    RECEIVING,
    /** The last block is here, the file is being made durable. */
    COMMITTING,
    /** The last ACK, or the ERROR in its place, is sent; only repeats of the last block are answered. */
    DALLYING
}
