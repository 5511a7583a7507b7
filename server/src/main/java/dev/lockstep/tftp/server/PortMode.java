package dev.lockstep.tftp.server;

/** The local port that a transfer uses after its request was received on the listening port. */
public sealed interface PortMode {
    /** Selects an ephemeral port, a fresh one for each transfer (RFC 1350, section 4). */
    PortMode EPHEMERAL = new Ephemeral();

    /** Selects the listening port itself (single-port mode), for networks that drop replies from another port. */
    PortMode SINGLE = new Single();

    /** Ephemeral ports; see {@link #EPHEMERAL}. */
    record Ephemeral() implements PortMode {}

    /** Single-port mode; see {@link #SINGLE}. Transfers are distinguished by the client's address and port. */
    record Single() implements PortMode {}

    /**
     * A port range: each transfer uses one of the ports, so there can be as many transfers at once as ports.
     *
     * @param first the first port, at least 1
     * @param last the last port of the range, inclusive
     */
    record Range(int first, int last) implements PortMode {
        /**
         * Checks the range.
         *
         * @throws IllegalArgumentException if the ports are out of range or in the wrong order
         */
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

    /**
     * Parses {@code FIRST-LAST}.
     *
     * @param text such as {@code 50000-50100}
     * @return the mode
     * @throws IllegalArgumentException if the text has another form, or is no port range
     */
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
