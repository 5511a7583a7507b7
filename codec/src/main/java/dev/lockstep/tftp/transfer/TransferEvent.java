package dev.lockstep.tftp.transfer;

import dev.lockstep.tftp.codec.TftpMessage.Request;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * What observers are told. Of one transfer: {@code Requested}, on a client any number of
 * {@code RequestRepeated}, then either {@code Refused}, or {@code Started}, any
 * number of {@code Progressed}, and exactly one {@code Ended}.
 */
public sealed interface TransferEvent {
    /** The other end. */
    InetSocketAddress peer();

    /** A request was read (server) or is sent (client). */
    record Requested(InetSocketAddress peer, Request request) implements TransferEvent {}

    /** A client sends its request again: there was no answer. */
    record RequestRepeated(InetSocketAddress peer, Request request) implements TransferEvent {}

    /** A request was not granted, or got no answer; there is no transfer. The request is null if it was malformed. */
    record Refused(InetSocketAddress peer, Request request, TftpException reason) implements TransferEvent {}

    /** Both ends agree, the first block may go. */
    record Started(InetSocketAddress peer, Request request, TransferSettings settings) implements TransferEvent {}

    /** Another stretch of the file is over; how long a stretch is, whoever runs the transfer decides. */
    record Progressed(InetSocketAddress peer, Request request, TransferSettings settings, TransferStats stats)
            implements TransferEvent {}

    /**
     * It is over; {@code cause} is null if the outcome is COMPLETE. A server's file is closed, a client's will be when its
     * future completes.
     *
     * @param blackHole whether a server granted small blocks because it had found a PMTU black hole
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
        /** Without a PMTU black hole. */
        public Ended(
                InetSocketAddress peer,
                Request request,
                TransferSettings settings,
                TransferStats stats,
                Outcome outcome,
                TftpException cause) {
            this(peer, request, settings, stats, outcome, cause, false);
        }

        /** Returns the same end of a transfer that was granted small blocks because of a PMTU black hole. */
        public Ended afterBlackHole() {
            return new Ended(peer, request, settings, stats, outcome, cause, true);
        }
    }

    /**
     * A server takes the path to a client for a PMTU black hole: downloads with blocks larger than
     * {@link PmtuBlackHole#SAFE_BLKSIZE} timed out one after the other, and none got through. Its next transfers are granted
     * blocks of that size.
     *
     * @param request the last of them
     * @param smallFor how long
     */
    record PmtuBlackHoleFound(InetSocketAddress peer, Request request, Duration smallFor) implements TransferEvent {}

    /** A request got no answer, and was not looked at: its sender may be made up. */
    record TurnedAway(InetSocketAddress peer, String reason) implements TransferEvent {}

    /** A datagram that is not TFTP, or not a request where only requests are read, was dropped. */
    record Dropped(InetSocketAddress peer, String reason) implements TransferEvent {}
}
