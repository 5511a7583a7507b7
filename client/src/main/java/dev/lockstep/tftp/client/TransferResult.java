package dev.lockstep.tftp.client;

import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.event.TransferStats;
import dev.lockstep.tftp.negotiation.KnownOption;
import dev.lockstep.tftp.negotiation.TransferSettings;
import java.net.InetSocketAddress;

/**
 * The result of a transfer that is complete, as far as this side can know.
 *
 * @param remote the file on the server
 * @param peer the server's address and its port for this transfer
 * @param settings the negotiated settings
 * @param granted the options of the OACK as received, also those that are not a {@link KnownOption}; none if the server
 *     sent no OACK
 * @param stats the counters of the transfer
 * @param outcome COMPLETE; of a put also UNCONFIRMED: all blocks were sent, but the last ACK did not arrive
 */
public record TransferResult(
        RemoteFile remote,
        InetSocketAddress peer,
        TransferSettings settings,
        Options granted,
        TransferStats stats,
        Outcome outcome) {}
