package dev.lockstep.tftp.event;

/** The outcome of a transfer. Whether the outcomes between COMPLETE and FAILED are failures depends on the end. */
public enum Outcome {
    /** Every byte is stored and acknowledged. */
    COMPLETE,
    /** Only the last block is unacknowledged: the file is probably complete at the peer (RFC 1350, section 6). */
    UNCONFIRMED,
    /** The peer ended the transfer after the OACK. Boot firmware queries the size of a file that way. */
    PROBE,
    /** The peer ended the transfer with ERROR 0 before the end of the file. GRUB does so when it has read enough. */
    STOPPED,
    /** A new request from the same TID replaced the transfer. */
    REPLACED,
    /** The transfer was evicted in favour of a new request, and the peer had never replied. */
    EVICTED,
    /** The transfer failed in any other way. */
    FAILED
}
