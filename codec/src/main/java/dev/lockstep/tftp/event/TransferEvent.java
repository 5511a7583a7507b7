package dev.lockstep.tftp.event;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.negotiation.TransferSettings;
import dev.lockstep.tftp.transfer.PmtuBlackHole;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * An event of a transfer. For one transfer, the events are {@code Requested}, on a client any number of {@code
 * RequestRepeated}, then either {@code Refused}, or {@code Started}, any number of {@code Progressed} and exactly one
 * {@code Ended}.
 */
public sealed interface TransferEvent {
    /** Returns the address of the peer. */
    InetSocketAddress peer();

    /** A request was received (server) or is sent (client). */
    record Requested(InetSocketAddress peer, Request request) implements TransferEvent {}

    /** A client retransmits its request because there was no reply. */
    record RequestRepeated(InetSocketAddress peer, Request request) implements TransferEvent {}

    /**
     * A request was refused or got no reply, so there is no transfer.
     *
     * @param request null if it was malformed
     */
    record Refused(InetSocketAddress peer, Request request, TftpException reason) implements TransferEvent {}

    /** The negotiation is complete and the first block may be sent. */
    record Started(InetSocketAddress peer, Request request, TransferSettings settings) implements TransferEvent {}

    /** Another part of the file has been transferred. The owner of the transfer decides how large a part is. */
    record Progressed(InetSocketAddress peer, Request request, TransferSettings settings, TransferStats stats)
            implements TransferEvent {}

    /**
     * A transfer has ended. A server has closed the file by then; a client's file is closed when its future completes.
     *
     * @param cause null if the outcome is COMPLETE
     * @param blackHole whether a server granted small blocks because of a PMTU black hole
     */
    record Ended(
            InetSocketAddress peer,
            Request request,
            TransferSettings settings,
            TransferStats stats,
            Outcome outcome,
            TftpException cause,
            boolean blackHole)
            implements TransferEvent {
        /** Creates the event of a transfer without a PMTU black hole. */
        public Ended(
                InetSocketAddress peer,
                Request request,
                TransferSettings settings,
                TransferStats stats,
                Outcome outcome,
                TftpException cause) {
            this(peer, request, settings, stats, outcome, cause, false);
        }

        /** Returns a copy of this event for a transfer that was granted small blocks because of a PMTU black hole. */
        public Ended afterBlackHole() {
            return new Ended(peer, request, settings, stats, outcome, cause, true);
        }
    }

    /**
     * A server treats the path to a client as a PMTU black hole: consecutive downloads with blocks larger than {@link
     * PmtuBlackHole#SAFE_BLKSIZE} timed out, and none succeeded. The next transfers of the client are granted blocks of
     * that size.
     *
     * @param request the last request of those
     * @param smallFor how long small blocks are granted
     */
    record PmtuBlackHoleFound(InetSocketAddress peer, Request request, Duration smallFor) implements TransferEvent {}

    /** A request was dropped without being processed, because its source address may be spoofed. */
    record RequestDropped(InetSocketAddress peer, String reason) implements TransferEvent {}

    /** A datagram was dropped because it is not TFTP, or not a request where only requests are accepted. */
    record Dropped(InetSocketAddress peer, String reason) implements TransferEvent {}
}
