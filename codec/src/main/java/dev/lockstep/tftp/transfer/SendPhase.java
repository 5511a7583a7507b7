package dev.lockstep.tftp.transfer;

/** The phase of a {@link Sender}. */
enum SendPhase {
    /** The OACK has been sent and is not acknowledged yet. */
    OPENING,
    /** The window is sent as far as it has room. */
    SENDING,
    /** A burst has been sent, and the rest of the window follows after a pause. */
    PAUSING,
    /** The window has room for a block that has not been read yet. */
    STARVED
}
