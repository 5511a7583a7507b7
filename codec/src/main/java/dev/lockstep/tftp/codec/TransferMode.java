package dev.lockstep.tftp.codec;

import java.util.Locale;
import java.util.Optional;

/** The transfer modes (RFC 1350, section 1). The obsolete mode {@code mail} is not supported. */
public enum TransferMode {
    /** The bytes are transferred unchanged. */
    OCTET,
    /** Text: on the wire, a line ends in CR LF and a CR that is not part of a line end is sent as CR NUL (RFC 764). */
    NETASCII;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    /** {@return the name in a request} */
    public String wireName() {
        return wireName;
    }

    /**
     * {@return the mode of a name in any case, or empty if there is no such mode}
     *
     * @param name the name in a request
     */
    public static Optional<TransferMode> named(String name) {
        for (TransferMode mode : values()) {
            if (mode.wireName.equalsIgnoreCase(name)) {
                return Optional.of(mode);
            }
        }
        return Optional.empty();
    }
}
