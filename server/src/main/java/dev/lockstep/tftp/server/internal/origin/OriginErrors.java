package dev.lockstep.tftp.server.internal.origin;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.util.concurrent.CompletionException;

/** Converts what an origin answers, or why it does not, to the ERROR for the peer. The reason is for the log only. */
final class OriginErrors {
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int GONE = 410;

    private OriginErrors() {}

    /** Returns the failure of an origin that does not answer, or answers what it should not. */
    static TftpException unavailable(String why) {
        return new TftpException(ErrorCode.NOT_DEFINED, "origin unavailable, try again").because(why);
    }

    static TftpException notFound(String why) {
        return new TftpException(ErrorCode.FILE_NOT_FOUND, "file not found").because(why);
    }

    /** Returns whether a status means that there is no such file. */
    static boolean isNotFound(int status) {
        return status == NOT_FOUND || status == GONE;
    }

    /** Returns whether a status means that the origin refuses access. */
    static boolean isForbidden(int status) {
        return status == UNAUTHORIZED || status == FORBIDDEN;
    }

    /** Returns the failure for a status that is no success. */
    static TftpException ofStatus(int status) {
        String why = "HTTP status " + status;
        if (isNotFound(status)) {
            return notFound(why);
        }
        return isForbidden(status)
                ? new TftpException(ErrorCode.ACCESS_VIOLATION, "origin refuses access").because(why)
                : unavailable(why);
    }

    /** Returns a text for the failure of a request: one line, without the names of classes where others say it. */
    static String reasonOf(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        boolean isCertificate = false;
        for (Throwable each = cause; each != null; each = each.getCause()) {
            isCertificate |= each instanceof CertificateException;
            if (isCertificate && each.getCause() == null) {
                return "certificate: " + each.getMessage();
            }
            if (each instanceof UnresolvedAddressException || each instanceof UnknownHostException) {
                return "unknown host";
            }
            if (each instanceof NumberFormatException) {
                return "Content-Length is no number";
            }
        }
        if (cause instanceof HttpConnectTimeoutException) {
            return "connection timed out";
        }
        if (cause instanceof ConnectException) {
            return "connection refused";
        }
        String message = cause.getMessage();
        return cause instanceof IOException && message != null ? message : cause.toString();
    }
}
