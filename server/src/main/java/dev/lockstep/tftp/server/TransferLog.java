package dev.lockstep.tftp.server;

import dev.lockstep.tftp.channel.PeerName;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.transfer.Outcome;
import dev.lockstep.tftp.transfer.TransferEvent;
import dev.lockstep.tftp.transfer.TransferListener;
import dev.lockstep.tftp.transfer.TransferSummary;
import java.net.InetSocketAddress;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One log line a transfer, when it ends; one more for every stretch of a long one. Only what went wrong is a warning:
 * firmware that asks for a size and leaves, or that needs no last ACK, is everyday life.
 */
public final class TransferLog implements TransferListener {
    private static final Logger LOG = LoggerFactory.getLogger("tftpd");

    @Override
    public void on(TransferEvent event) {
        if (event instanceof TransferEvent.Ended ended) {
            onEnd(ended);
        } else if (event instanceof TransferEvent.Refused refused) {
            LOG.info(
                    "{} refused: {}",
                    who(refused.peer(), refused.request()),
                    Printable.of(refused.reason().getMessage()));
        } else if (event instanceof TransferEvent.Progressed progressed) {
            LOG.info(
                    "{} so far: {} bytes",
                    who(progressed.peer(), progressed.request()),
                    progressed.stats().bytes());
        } else if (event instanceof TransferEvent.Dropped dropped) {
            LOG.debug("{} dropped: {}", PeerName.of(dropped.peer()), dropped.reason());
        } else if (event instanceof TransferEvent.Requested requested) {
            LOG.debug(
                    "{} asks {}",
                    who(requested.peer(), requested.request()),
                    Printable.of(requested.request().options().toString()));
        }
    }

    private static void onEnd(TransferEvent.Ended ended) {
        String line = who(ended.peer(), ended.request()) + " " + TransferSummary.of(ended.stats(), ended.settings());
        String outcome = ended.outcome().name().toLowerCase(Locale.ROOT);
        if (ended.outcome() == Outcome.FAILED) {
            LOG.warn("{}: failed: {}", line, describe(ended));
            LOG.debug("cause", ended.cause());
        } else if (isSizeWrong(ended)) {
            LOG.warn(
                    "{}: {}, though {} bytes were announced",
                    line,
                    outcome,
                    ended.settings().tsize());
        } else if (ended.cause() == null) {
            LOG.info("{}: {}", line, outcome);
        } else {
            LOG.info("{}: {} ({})", line, outcome, describe(ended));
        }
    }

    private static String describe(TransferEvent.Ended ended) {
        String text = Printable.of(ended.cause().getMessage());
        return ended.cause().isFromPeer() ? "peer says " + ended.cause().code() + " " + text : text;
    }

    /** A file that came whole, but not as long as the client had said (RFC 2349 is silent on it). */
    private static boolean isSizeWrong(TransferEvent.Ended ended) {
        long announced = ended.settings().tsize();
        boolean write = ended.request() instanceof WriteRequest;
        return write
                && ended.cause() == null
                && announced >= 0
                && announced != ended.stats().bytes();
    }

    private static String who(InetSocketAddress peer, Request request) {
        if (request == null) {
            return PeerName.of(peer) + " (malformed request)";
        }
        String operation = request instanceof ReadRequest ? "read " : "write ";
        return PeerName.of(peer) + " " + operation + Printable.of(request.filename());
    }
}
