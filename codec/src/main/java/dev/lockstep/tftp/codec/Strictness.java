package dev.lockstep.tftp.codec;

/** Determines which malformed requests are accepted. */
public enum Strictness {
    /** A request must end in NUL and fit into 512 bytes (RFC 2347, "Packet formats"). */
    STRICT,
    /** The last NUL may be missing, and only the datagram limits the length. Some old boot ROMs need both. */
    TOLERANT
}
