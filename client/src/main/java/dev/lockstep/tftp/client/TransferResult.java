package dev.lockstep.tftp.client;

import dev.lockstep.tftp.transfer.TransferSettings;
import dev.lockstep.tftp.transfer.TransferStats;
import java.net.InetSocketAddress;

/**
 * A transfer that is complete.
 *
 * @param peer the server's address and the port it used for this transfer
 */
public record TransferResult(
        RemoteFile remote, InetSocketAddress peer, TransferSettings settings, TransferStats stats) {}
