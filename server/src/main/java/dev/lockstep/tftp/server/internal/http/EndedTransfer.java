package dev.lockstep.tftp.server.internal.http;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.internal.text.AddressFormat;
import java.net.InetSocketAddress;
import java.util.Locale;

/**
 * A transfer that has ended, or a request that was refused. Has no reference to the datagram of the request.
 *
 * @param time the time of its end in milliseconds since 1970
 * @param isWrite true for an upload
 * @param file the name in the request, cut but not escaped; null if the request was malformed
 * @param outcome null if the request was refused
 * @param reason the reason of a failure or refusal, cut but not escaped; null if there is none
 * @param nanos the duration in nanoseconds
 */
record EndedTransfer(
        long time,
        InetSocketAddress peer,
        boolean isWrite,
        String file,
        String rule,
        Outcome outcome,
        String reason,
        long bytes,
        long nanos,
        int blksize,
        int windowsize,
        long resends) {

    /** The importance of an entry for an administrator; the first is the most important one. */
    enum Severity {
        FAILED,
        REFUSED,
        OK
    }

    static EndedTransfer of(TransferEvent.Ended event, String rule, long time) {
        return new EndedTransfer(
                time,
                event.peer(),
                event.request() instanceof WriteRequest,
                PeerText.cut(event.request().filename()),
                rule,
                event.outcome(),
                event.cause() == null ? null : reasonOf(event.cause()),
                event.stats().bytes(),
                event.stats().elapsed(0),
                event.settings().blksize(),
                event.settings().windowsize(),
                event.stats().resends());
    }

    static EndedTransfer of(TransferEvent.Refused event, String rule, long time) {
        boolean isMalformed = event.request() == null;
        return new EndedTransfer(
                time,
                event.peer(),
                event.request() instanceof WriteRequest,
                isMalformed ? null : PeerText.cut(event.request().filename()),
                rule,
                null,
                PeerText.cut(event.error().explained()),
                0,
                0,
                0,
                0,
                0);
    }

    private static String reasonOf(TftpException cause) {
        String text = PeerText.cut(cause.explained());
        return cause.isFromPeer() ? "peer sent ERROR " + cause.code() + " " + text : text;
    }

    /** Returns the result in one word: {@code refused}, or the name of the outcome as in the log. */
    String result() {
        return outcome == null ? "refused" : outcome.name().toLowerCase(Locale.ROOT);
    }

    Severity severity() {
        return outcome == null ? Severity.REFUSED : outcome == Outcome.FAILED ? Severity.FAILED : Severity.OK;
    }

    /** Returns the address of the client without its port. */
    String client() {
        return AddressFormat.of(peer.getAddress());
    }
}
