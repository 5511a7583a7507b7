package dev.lockstep.tftp.codec;

import java.util.Locale;
import java.util.Optional;

/** How the bytes of a file travel (RFC 1350, section 1). {@code mail} is obsolete and not one of them. */
public enum TransferMode {
    /** The bytes as they are. */
    OCTET,
    /** Text: a line ends in CR LF on the wire and a lone CR travels as CR NUL (RFC 764). */
    NETASCII;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    /** The name as a request carries it. */
    public String wireName() {
        return wireName;
    }

    /** The mode of that name in any case, or empty where there is none. */
    public static Optional<TransferMode> named(String name) {
        for (TransferMode mode : values()) {
            if (mode.wireName.equalsIgnoreCase(name)) {
                return Optional.of(mode);
            }
        }
        return Optional.empty();
    }
}
