package dev.lockstep.tftp.internal.channel;

import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.negotiation.TransferSettings;
import java.net.InetSocketAddress;

/**
 * The result of a handshake, from which a transfer starts.
 *
 * @param transferId the number of the transfer in its events
 * @param peer the address and TID of the peer
 * @param request the request that was granted
 * @param settings the negotiated settings
 * @param granted the options of the OACK; none if there is no OACK
 * @param requestedAt the time of the request, in nanoseconds of the event loop's clock
 * @param roundTrip nanoseconds from the request to its reply, or 0 if the handshake did not measure it
 */
public record NegotiatedTransfer(
        long transferId,
        InetSocketAddress peer,
        Request request,
        TransferSettings settings,
        Options granted,
        long requestedAt,
        long roundTrip) {}
