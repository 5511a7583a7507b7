package dev.lockstep.tftp.transfer;

import dev.lockstep.tftp.codec.TftpMessage.Request;
import java.net.InetSocketAddress;

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
     */
    record Ended(
            InetSocketAddress peer,
            Request request,
            TransferSettings settings,
            TransferStats stats,
            Outcome outcome,
            TftpException cause)
            implements TransferEvent {}

    /** A request got no answer, and was not looked at: its sender may be made up. */
    record TurnedAway(InetSocketAddress peer, String reason) implements TransferEvent {}

    /** A datagram that is not TFTP, or not a request where only requests are read, was dropped. */
    record Dropped(InetSocketAddress peer, String reason) implements TransferEvent {}
}
