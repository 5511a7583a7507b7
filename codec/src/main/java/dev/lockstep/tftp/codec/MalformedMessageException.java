package dev.lockstep.tftp.codec;

/**
 * Thrown if a datagram is not a valid TFTP message. It has no stack trace, because every malformed datagram throws one.
 */
public final class MalformedMessageException extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean request;

    MalformedMessageException(String message, boolean request) {
        super(message, null, false, false);
        this.request = request;
    }

    /**
     * {@return whether the opcode was that of a request} In that case a client waits for a reply and is sent ERROR 4.
     */
    public boolean isRequest() {
        return request;
    }
}
