package dev.lockstep.tftp.codec;

/** These bytes are not TFTP. Thrown for every bad datagram, so it carries no stack trace. */
public final class MalformedMessageException extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean request;

    MalformedMessageException(String message, boolean request) {
        super(message, null, false, false);
        this.request = request;
    }

    /** Whether the opcode was that of a request: then a client waits, and deserves ERROR 4 instead of silence. */
    public boolean isRequest() {
        return request;
    }
}
