package dev.lockstep.tftp.channel;

import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.transfer.TransferSettings;
import java.net.InetSocketAddress;

/**
 * What a handshake hands over to the transfer it leads to.
 *
 * @param peer the other end's address and TID
 * @param requestedAt the moment of the request, in nanoseconds of the event loop's clock
 * @param roundTrip nanoseconds from the request to its answer, where a handshake could measure that, else 0
 */
public record NegotiatedTransfer(
        InetSocketAddress peer, Request request, TransferSettings settings, long requestedAt, long roundTrip) {}
