package dev.lockstep.tftp.client;

import dev.lockstep.tftp.transfer.Outcome;
import dev.lockstep.tftp.transfer.TransferSettings;
import dev.lockstep.tftp.transfer.TransferStats;
import java.net.InetSocketAddress;

/**
 * A transfer that is complete, as far as this end can know.
 *
 * @param outcome COMPLETE; or, of a put only, UNCONFIRMED: all was sent, but the last ACK never came
 * @param peer the server's address and the port it used for this transfer
 */
public record TransferResult(
        RemoteFile remote, InetSocketAddress peer, TransferSettings settings, TransferStats stats, Outcome outcome) {}
