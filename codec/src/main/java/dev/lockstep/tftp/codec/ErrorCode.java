package dev.lockstep.tftp.codec;

/** The error codes of RFC 1350, section 5, and RFC 2347 (8). The ordinal of a constant is its number. */
public enum ErrorCode {
    /** 0: not defined, see the text. */
    NOT_DEFINED,
    /** 1: file not found. */
    FILE_NOT_FOUND,
    /** 2: access violation. */
    ACCESS_VIOLATION,
    /** 3: disk full or allocation exceeded. */
    DISK_FULL,
    /** 4: illegal TFTP operation. */
    ILLEGAL_OPERATION,
    /** 5: the packet was received from a port that is not part of the transfer. */
    UNKNOWN_TID,
    /** 6: file already exists. */
    FILE_EXISTS,
    /** 7: no such user. */
    NO_SUCH_USER,
    /** 8: the OACK contains an option that was not requested, or the client refuses the OACK. */
    OPTION_REFUSED;

    /** {@return the number on the wire} */
    public int number() {
        return ordinal();
    }
}
