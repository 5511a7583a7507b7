package dev.lockstep.tftp.server;

/** The port of this machine that a transfer has, once its request has come to the listening port. */
public sealed interface PortMode {
    /** A port that is free, another one for each transfer (RFC 1350, section 4). */
    PortMode FRESH = new Fresh();

    /** The listening port itself, for networks where an answer from another one does not arrive. */
    PortMode SINGLE = new Single();

    /** See {@link #FRESH}. */
    record Fresh() implements PortMode {}

    /** See {@link #SINGLE}. Transfers are told apart by the client's address and port. */
    record Single() implements PortMode {}

    /** One of these ports, first and last included: as many transfers at once as there are ports. */
    record Range(int first, int last) implements PortMode {
        /** Refuses what is no range. */
        public Range {
            if (first < 1 || last < first || last > 65535) {
                throw new IllegalArgumentException(
                        "port range: " + first + "-" + last + " (expected: FIRST-LAST, 1 to 65535)");
            }
        }

        @Override
        public String toString() {
            return first + "-" + last;
        }
    }

    /** Reads {@code FIRST-LAST}. */
    static PortMode range(String text) {
        int dash = text.indexOf('-');
        try {
            return new Range(
                    Integer.parseInt(text.substring(0, Math.max(0, dash))), Integer.parseInt(text.substring(dash + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("port range: " + text + " (expected: FIRST-LAST, 1 to 65535)");
        }
    }
}
