package dev.lockstep.tftp.codec;

import dev.lockstep.tftp.codec.TftpMessage.ErrorMessage;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The failure of a transfer: its ERROR, and whether the peer reported it. */
public final class TftpException extends IOException {
    private static final long serialVersionUID = 1;
    private static final String INTERNAL_ERROR = "internal error";

    private final int code;
    private final boolean fromPeer;
    private final boolean timeout;
    private final String reason;

    /**
     * Creates a failure of this side. The text may be sent to the peer, so it must not contain a path of this machine.
     *
     * @param code the error code
     * @param text the text of the ERROR
     */
    public TftpException(ErrorCode code, String text) {
        this(code, text, null);
    }

    /**
     * Creates a failure of this side with its cause, which is never sent.
     *
     * @param code the error code
     * @param text the text of the ERROR
     * @param cause the cause, or null
     */
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

    /** {@return the failure of a transfer whose idle timeout has expired} */
    public static TftpException timedOut() {
        return timedOut("timed out");
    }

    /**
     * {@return the failure of a transfer whose idle timeout has expired, with the given text}
     *
     * @param text the text of the failure
     */
    public static TftpException timedOut(String text) {
        return new TftpException(ErrorCode.NOT_DEFINED.number(), text, null, null, true);
    }

    /**
     * {@return the failure that an ERROR of the peer reports}
     *
     * @param error the ERROR that was received
     */
    public static TftpException fromPeer(ErrorMessage error) {
        return new TftpException(error);
    }

    /**
     * {@return {@code failure} itself if it is a {@code TftpException}, otherwise one that tells the peer only
     * "internal error"} {@link #explained} has the class and the message of {@code failure}.
     *
     * @param failure any failure; its cause counts if it is the {@link CompletionException} of a stage
     */
    public static TftpException of(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof TftpException known
                ? known
                : new TftpException(ErrorCode.NOT_DEFINED, INTERNAL_ERROR, cause);
    }

    /**
     * {@return a copy of this failure of this side with a reason, or one more reason, which is logged and never sent}
     *
     * @param why the reason, which may contain a path of this machine
     */
    public TftpException because(String why) {
        return withReason(reason == null ? why : why + ", " + reason);
    }

    /**
     * {@return a copy of this failure of this side with another reason, which is logged and never sent}
     *
     * @param why the reason, which may contain a path of this machine
     */
    public TftpException withReason(String why) {
        TftpException known = new TftpException(code, getMessage(), getCause(), why, timeout);
        known.setStackTrace(getStackTrace());
        return known;
    }

    /** {@return the reason, or null if there is none} It may contain a path of this machine. */
    public String reason() {
        return reason;
    }

    /**
     * {@return the text, with the reason if there is one, and the cause of an internal error: for logs, not for the
     * peer}
     */
    public String explained() {
        String cause = INTERNAL_ERROR.equals(getMessage()) && getCause() != null
                ? getCause().toString()
                : null;
        String why = Stream.of(reason, cause).filter(Objects::nonNull).collect(Collectors.joining(", "));
        return why.isEmpty() ? getMessage() : getMessage() + " (" + why + ")";
    }

    /** {@return the error code on the wire} A code from a peer may not be in {@link ErrorCode}. */
    public int code() {
        return code;
    }

    /**
     * {@return whether this failure has that error code}
     *
     * @param other an error code
     */
    public boolean is(ErrorCode other) {
        return code == other.number();
    }

    /** {@return whether the peer reported the failure} If so, no ERROR is sent to it. */
    public boolean isFromPeer() {
        return fromPeer;
    }

    /** {@return whether an expired idle timeout ended the transfer} */
    public boolean isTimeout() {
        return timeout;
    }

    /** {@return the ERROR that reports this failure to the peer} */
    public ErrorMessage toMessage() {
        return new ErrorMessage(code, getMessage());
    }
}
