package dev.lockstep.tftp.transfer;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpMessage.ErrorMessage;
import java.io.IOException;

/** Why a transfer failed: knows its ERROR, and whether it was the peer who said it. */
public final class TftpException extends IOException {
    private static final long serialVersionUID = 1;

    private final int code;
    private final boolean fromPeer;

    /** A failure found here; the text may be sent to the peer, so it names no path of this machine. */
    public TftpException(ErrorCode code, String text) {
        this(code, text, null);
    }

    /** As above, with what lies under it, which is never sent. */
    public TftpException(ErrorCode code, String text, Throwable cause) {
        super(text, cause);
        this.code = code.number();
        this.fromPeer = false;
    }

    private TftpException(ErrorMessage error) {
        super(error.text());
        this.code = error.code();
        this.fromPeer = true;
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

    /** The ERROR that tells a peer. */
    public ErrorMessage toMessage() {
        return new ErrorMessage(code, getMessage());
    }
}
