package dev.lockstep.tftp.transfer;

/** How a transfer ended. Which of the middle ones is a failure depends on which end you are. */
public enum Outcome {
    /** Every byte is stored and acknowledged. */
    COMPLETE,
    /** Nothing but the last block is unacknowledged: probably complete (RFC 1350, section 6). */
    UNCONFIRMED,
    /** The peer took the OACK and left: boot firmware asks for the size that way. */
    PROBE,
    /** The peer said with ERROR 0 that it has what it wanted: GRUB does, in the middle of a file. */
    STOPPED,
    /** A new request from the same TID took its place. */
    REPLACED,
    /** It was evicted in favour of a new request, and the peer never answered. */
    EVICTED,
    /** Anything else. */
    FAILED
}
