package dev.lockstep.tftp.event;

import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.internal.text.LogSanitizer;
import dev.lockstep.tftp.negotiation.TransferSettings;
import dev.lockstep.tftp.transfer.PmtuBlackHole;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * An event of a transfer. For one transfer, the events are {@code Requested}, on a client any number of {@code
 * RequestRepeated}, then either {@code Refused}, or {@code Started}, any number of {@code Progressed} and exactly one
 * {@code Ended}. The {@code toString} of an event is a line like those of the log.
 */
public sealed interface TransferEvent {
    /**
     * Returns the number of the transfer, which all its events share: unique in this process, and growing. A client that
     * repeats a request with other options begins another transfer.
     *
     * @return 0 for an event that belongs to no transfer
     */
    long transferId();

    /** {@return the address of the peer} */
    InetSocketAddress peer();

    /**
     * A request was received (server) or is sent (client).
     *
     * @param transferId the number of the transfer, unique in this process
     * @param peer the peer's address and port
     * @param request the request of the transfer
     */
    record Requested(long transferId, InetSocketAddress peer, Request request) implements TransferEvent {
        @Override
        public String toString() {
            return EventText.of(this, request, " requested: " + EventText.options(request));
        }
    }

    /**
     * A client retransmits its request because there was no reply.
     *
     * @param transferId the number of the transfer, unique in this process
     * @param peer the peer's address and port
     * @param request the request of the transfer
     */
    record RequestRepeated(long transferId, InetSocketAddress peer, Request request) implements TransferEvent {
        @Override
        public String toString() {
            return EventText.of(this, request, " requested again");
        }
    }

    /**
     * A request was refused or got no reply, so there is no transfer.
     *
     * @param transferId the number of the transfer, unique in this process
     * @param peer the peer's address and port
     * @param request null if it was malformed
     * @param reason the kind of refusal
     * @param error the ERROR and its details
     */
    record Refused(long transferId, InetSocketAddress peer, Request request, RefusalReason reason, TftpException error)
            implements TransferEvent {
        @Override
        public String toString() {
            return EventText.of(this, request, " refused: " + LogSanitizer.of(error.explained()));
        }
    }

    /**
     * The negotiation is complete and the first block may be sent.
     *
     * @param transferId the number of the transfer, unique in this process
     * @param peer the peer's address and port
     * @param request the request of the transfer
     * @param settings the negotiated settings
     * @param granted the options of the OACK, also those that are not a {@code KnownOption}; none if there is no OACK
     * @param stats the counters of the transfer, which change while it runs
     */
    record Started(
            long transferId,
            InetSocketAddress peer,
            Request request,
            TransferSettings settings,
            Options granted,
            TransferStats stats)
            implements TransferEvent {
        @Override
        public String toString() {
            return EventText.of(
                    this, request, " started: blksize " + settings.blksize() + ", windowsize " + settings.windowsize());
        }
    }

    /**
     * A further part of the file has been transferred. The owner of the transfer decides how large a part is.
     *
     * @param transferId the number of the transfer, unique in this process
     * @param peer the peer's address and port
     * @param request the request of the transfer
     * @param settings the negotiated settings
     * @param stats the counters, which change while the transfer runs
     */
    record Progressed(
            long transferId, InetSocketAddress peer, Request request, TransferSettings settings, TransferStats stats)
            implements TransferEvent {
        @Override
        public String toString() {
            return EventText.of(this, request, " so far: " + stats.bytes() + " bytes");
        }
    }

    /**
     * A transfer has ended. A server has closed the file by then; a client's file is closed when its future completes.
     *
     * @param transferId the number of the transfer, unique in this process
     * @param peer the peer's address and port
     * @param request the request of the transfer
     * @param settings the negotiated settings
     * @param stats the final counters
     * @param outcome how the transfer has ended
     * @param cause null if the outcome is COMPLETE
     * @param blackHole whether a server granted small blocks because of a PMTU black hole
     */
    record Ended(
            long transferId,
            InetSocketAddress peer,
            Request request,
            TransferSettings settings,
            TransferStats stats,
            Outcome outcome,
            TftpException cause,
            boolean blackHole)
            implements TransferEvent {
        /**
         * Creates the event of a transfer without a PMTU black hole.
         *
         * @param transferId the number of the transfer, unique in this process
         * @param peer the peer's address and port
         * @param request the request of the transfer
         * @param settings the negotiated settings
         * @param stats the final counters
         * @param outcome how the transfer has ended
         * @param cause null if the outcome is COMPLETE
         */
        public Ended(
                long transferId,
                InetSocketAddress peer,
                Request request,
                TransferSettings settings,
                TransferStats stats,
                Outcome outcome,
                TftpException cause) {
            this(transferId, peer, request, settings, stats, outcome, cause, false);
        }

        /** {@return a copy of this event for a transfer that was granted small blocks because of a PMTU black hole} */
        public Ended afterBlackHole() {
            return new Ended(transferId, peer, request, settings, stats, outcome, cause, true);
        }

        @Override
        public String toString() {
            return EventText.of(
                    this,
                    request,
                    " " + TransferSummary.of(stats, settings) + ": " + EventText.outcome(outcome, cause));
        }
    }

    /**
     * A server treats the path to a client as a PMTU black hole: consecutive downloads with blocks larger than {@link
     * PmtuBlackHole#SAFE_BLKSIZE} timed out, and none succeeded. The next transfers of the client are granted blocks of
     * that size.
     *
     * @param transferId the number of the last transfer of those
     * @param peer the peer's address and port
     * @param request the request of the last transfer of those
     * @param smallFor how long small blocks are granted
     */
    record PmtuBlackHoleFound(long transferId, InetSocketAddress peer, Request request, Duration smallFor)
            implements TransferEvent {
        @Override
        public String toString() {
            return EventText.of(
                    this, request, " PMTU black hole: granting small blocks for " + smallFor.toMinutes() + " min");
        }
    }

    /**
     * A server dropped a datagram without a reply: it belongs to no transfer, or its source address may be spoofed.
     *
     * @param peer the source address of the datagram
     * @param reason why it was dropped
     * @param detail what was wrong with a malformed datagram; otherwise the reason in words
     */
    record Dropped(InetSocketAddress peer, DropReason reason, String detail) implements TransferEvent {
        /**
         * Creates the event of a datagram whose reason needs no details.
         *
         * @param peer the source address of the datagram
         * @param reason why it was dropped
         */
        public Dropped(InetSocketAddress peer, DropReason reason) {
            this(peer, reason, reason.toString());
        }

        /** Returns 0. */
        @Override
        public long transferId() {
            return 0;
        }

        @Override
        public String toString() {
            return EventText.of(this, "dropped: " + detail);
        }
    }
}
