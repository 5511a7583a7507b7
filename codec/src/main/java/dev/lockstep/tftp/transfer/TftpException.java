package dev.lockstep.tftp.transfer;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpMessage.ErrorMessage;
import java.io.IOException;

/** Why a transfer failed: knows its ERROR, and whether it was the peer who said it. */
public final class TftpException extends IOException {
    private static final long serialVersionUID = 1;

    private final int code;
    private final boolean fromPeer;
    private final boolean timeout;
    private final String reason;

    /** A failure found here; the text may be sent to the peer, so it names no path of this machine. */
    public TftpException(ErrorCode code, String text) {
        this(code, text, null);
    }

    /** As above, with what lies under it, which is never sent. */
    public TftpException(ErrorCode code, String text, Throwable cause) {
        this(code.number(), text, cause, null, false);
    }

    private TftpException(int code, String text, Throwable cause, String reason, boolean timeout) {
        super(text, cause);
        this.code = code;
        this.fromPeer = false;
        this.timeout = timeout;
        this.reason = reason;
    }

    private TftpException(ErrorMessage error) {
        super(error.text());
        this.code = error.code();
        this.fromPeer = true;
        this.timeout = false;
        this.reason = null;
    }

    /** Returns the failure of a transfer whose peer was silent for too long. */
    public static TftpException timedOut() {
        return new TftpException(ErrorCode.NOT_DEFINED.number(), "timed out", null, null, true);
    }

    /** The failure the peer reports. */
    public static TftpException fromPeer(ErrorMessage error) {
        return new TftpException(error);
    }

    /** This failure, or one that tells the peer no more than that something went wrong here. */
    public static TftpException of(Throwable failure) {
        return failure instanceof TftpException known
                ? known
                : new TftpException(ErrorCode.NOT_DEFINED, "internal error", failure);
    }

    /** The same failure of this side with the reason for it, or one more, which is logged and never sent. */
    public TftpException because(String why) {
        String all = reason == null ? why : why + ", " + reason;
        TftpException known = new TftpException(code, getMessage(), getCause(), all, timeout);
        known.setStackTrace(getStackTrace());
        return known;
    }

    /** The text, and the reason where one is known: for logs, not for the peer. */
    public String explained() {
        return reason == null ? getMessage() : getMessage() + " (" + reason + ")";
    }

    /** The number on the wire; a peer's may be none of {@link ErrorCode}. */
    public int code() {
        return code;
    }

    /** Whether this is that code. */
    public boolean is(ErrorCode other) {
        return code == other.number();
    }

    /** Whether the peer said it; then it must not be told. */
    public boolean isFromPeer() {
        return fromPeer;
    }

    /** Returns whether it is the peer's silence that ended the transfer. */
    public boolean isTimeout() {
        return timeout;
    }

    /** The ERROR that tells a peer. */
    public ErrorMessage toMessage() {
        return new ErrorMessage(code, getMessage());
    }
}
