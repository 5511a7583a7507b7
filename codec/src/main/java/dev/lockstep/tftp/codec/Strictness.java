package dev.lockstep.tftp.codec;

/** How much a request may break the rules and still be served. */
public enum Strictness {
    /** A request ends in NUL and fits into 512 octets (RFC 2347, "Packet formats"). */
    STRICT,
    /** The last NUL may be missing, and only the datagram bounds the length: some old boot ROMs need both. */
    TOLERANT
}
