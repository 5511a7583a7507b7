package dev.lockstep.tftp.server.internal.logging;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.event.DropReason;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.event.TransferListener;
import dev.lockstep.tftp.event.TransferSummary;
import dev.lockstep.tftp.internal.text.AddressFormat;
import dev.lockstep.tftp.internal.text.LogSanitizer;
import dev.lockstep.tftp.transfer.PmtuBlackHole;
import java.net.InetSocketAddress;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Logs one line for each transfer when it ends, and one for each stretch of a long one. Only failures are logged as
 * warnings: firmware that requests only the size, or does not need the last ACK, is normal.
 */
public final class TransferLog implements TransferListener {
    private static final Logger LOG = LoggerFactory.getLogger("tftpd");
    private static final double NANOS = 1e9;

    @Override
    public void on(TransferEvent event) {
        if (event instanceof TransferEvent.Ended ended) {
            onEnd(ended);
        } else if (event instanceof TransferEvent.Refused refused) {
            TftpException reason = refused.error();
            line(Level.INFO, "refused", refused.peer(), refused.request())
                    .addKeyValue("result", "refused")
                    .addKeyValue("reason", reason.explained())
                    .addKeyValue("code", reason.code())
                    .log(
                            "{} refused: {}",
                            subject(refused.peer(), refused.request()),
                            LogSanitizer.of(reason.explained()));
        } else if (event instanceof TransferEvent.Progressed progressed) {
            long bytes = progressed.stats().bytes();
            line(Level.INFO, "progress", progressed.peer(), progressed.request())
                    .addKeyValue("bytes", bytes)
                    .log("{} so far: {} bytes", subject(progressed.peer(), progressed.request()), bytes);
        } else if (event instanceof TransferEvent.PmtuBlackHoleFound found) {
            line(Level.WARN, "pmtu_black_hole", found.peer(), found.request())
                    .addKeyValue("blksize", PmtuBlackHole.SAFE_BLKSIZE)
                    .addKeyValue("seconds", found.smallFor().toSeconds())
                    .log(
                            "{} PMTU black hole: no block larger than {} bytes was acknowledged in two downloads,"
                                    + " granting no larger ones for {} min",
                            AddressFormat.of(found.peer().getAddress()),
                            PmtuBlackHole.SAFE_BLKSIZE,
                            found.smallFor().toMinutes());
        } else if (event instanceof TransferEvent.Dropped dropped) {
            boolean request =
                    dropped.reason() == DropReason.UNVALIDATED_RATE_LIMIT || dropped.reason() == DropReason.DRAINING;
            if (!request && !LOG.isDebugEnabled()) {
                return;
            }
            line(request ? Level.INFO : Level.DEBUG, request ? "turned_away" : "dropped", dropped.peer(), null)
                    .addKeyValue("reason", dropped.detail())
                    .log(
                            request ? "{} request dropped: {}" : "{} dropped: {}",
                            AddressFormat.of(dropped.peer()),
                            dropped.detail());
        } else if (event instanceof TransferEvent.Requested requested && LOG.isDebugEnabled()) {
            String options = requested.request().options().toString();
            line(Level.DEBUG, "requested", requested.peer(), requested.request())
                    .addKeyValue("options", options)
                    .log("{} asks {}", subject(requested.peer(), requested.request()), LogSanitizer.of(options));
        }
    }

    /** Returns a new log line. Key-value pairs are for programs, the message is for people. */
    private static LoggingEventBuilder line(Level level, String event, InetSocketAddress peer, Request request) {
        LoggingEventBuilder line =
                LOG.atLevel(level).addKeyValue("event", event).addKeyValue("peer", AddressFormat.of(peer));
        return request == null
                ? line
                : line.addKeyValue("operation", operation(request)).addKeyValue("file", request.filename());
    }

    private static void onEnd(TransferEvent.Ended ended) {
        boolean failed = ended.outcome() == Outcome.FAILED;
        String outcome = ended.outcome().name().toLowerCase(Locale.ROOT);
        LoggingEventBuilder line = line(levelOf(ended), "transfer", ended.peer(), ended.request())
                .addKeyValue("bytes", ended.stats().bytes())
                .addKeyValue("seconds", ended.stats().elapsed(0) / NANOS)
                .addKeyValue(
                        "rate", ended.stats().bytes() / Math.max(ended.stats().elapsed(0) / NANOS, 1e-9))
                .addKeyValue("blksize", ended.settings().blksize())
                .addKeyValue("windowsize", ended.settings().windowsize())
                .addKeyValue("resends", ended.stats().resends())
                .addKeyValue("result", outcome);
        String summary =
                subject(ended.peer(), ended.request()) + " " + TransferSummary.of(ended.stats(), ended.settings());
        if (ended.blackHole()) {
            line.addKeyValue("pmtu_black_hole", true);
            summary += ", small blocks after a PMTU black hole";
        }
        if (ended.cause() != null) {
            line.addKeyValue("reason", ended.cause().explained())
                    .addKeyValue("code", ended.cause().code())
                    .addKeyValue("from_peer", ended.cause().isFromPeer());
        } else if (isSizeWrong(ended)) {
            line.addKeyValue("announced", ended.settings().tsize());
        }
        if (failed) {
            line.log("{}: failed: {}", summary, describe(ended));
            if (!ended.cause().isFromPeer()) {
                LOG.debug("cause", ended.cause()); // a stack trace contains the text unsanitized
            }
        } else if (isSizeWrong(ended)) {
            line.log(
                    "{}: {}, though {} bytes were announced",
                    summary,
                    outcome,
                    ended.settings().tsize());
        } else if (ended.cause() == null) {
            line.log("{}: {}", summary, outcome);
        } else {
            line.log("{}: {} ({})", summary, outcome, describe(ended));
        }
    }

    private static Level levelOf(TransferEvent.Ended ended) {
        if (ended.outcome() == Outcome.EVICTED) {
            return Level.DEBUG; // there may be many, mostly with spoofed source addresses
        }
        return ended.outcome() == Outcome.FAILED || isSizeWrong(ended) ? Level.WARN : Level.INFO;
    }

    private static String describe(TransferEvent.Ended ended) {
        String text = LogSanitizer.of(ended.cause().explained());
        return ended.cause().isFromPeer() ? "peer sent ERROR " + ended.cause().code() + " " + text : text;
    }

    /**
     * Returns true for a complete upload whose size is not the one that the client announced (RFC 2349 does not cover
     * this case).
     */
    private static boolean isSizeWrong(TransferEvent.Ended ended) {
        long announced = ended.settings().tsize();
        boolean write = ended.request() instanceof WriteRequest;
        return write
                && ended.cause() == null
                && announced >= 0
                && announced != ended.stats().bytes();
    }

    private static String subject(InetSocketAddress peer, Request request) {
        if (request == null) {
            return AddressFormat.of(peer) + " (malformed request)";
        }
        return AddressFormat.of(peer) + " " + operation(request) + " " + LogSanitizer.of(request.filename());
    }

    private static String operation(Request request) {
        return request instanceof ReadRequest ? "read" : "write";
    }
}
