package dev.lockstep.tftp.codec;

/** The error codes there are (RFC 1350, section 5; 8 in RFC 2347). A code's place here is its number. */
public enum ErrorCode {
    /** 0: see the text. */
    NOT_DEFINED,
    /** 1. */
    FILE_NOT_FOUND,
    /** 2. */
    ACCESS_VIOLATION,
    /** 3: disk full or allocation exceeded. */
    DISK_FULL,
    /** 4. */
    ILLEGAL_OPERATION,
    /** 5: this packet came from a port that has no part in the transfer. */
    UNKNOWN_TID,
    /** 6. */
    FILE_EXISTS,
    /** 7. */
    NO_SUCH_USER,
    /** 8: the answer to an OACK holds what nobody asked for, or the client wants none of it. */
    OPTION_REFUSED;

    /** The number on the wire. */
    public int number() {
        return ordinal();
    }
}
