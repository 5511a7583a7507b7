package dev.lockstep.tftp.transfer;

/** The phase of a {@link Receiver}. */
enum ReceivePhase {
    RECEIVING,
    /** The last block has been received, and the file is being made durable. */
    COMMITTING,
    /**
     * The last ACK, or the ERROR in its place, has been sent. Only duplicates of blocks in the last window are
     * answered.
     */
    DALLYING
}
