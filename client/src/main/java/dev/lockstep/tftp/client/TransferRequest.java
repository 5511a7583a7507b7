package dev.lockstep.tftp.client;

import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.transfer.TransferListener;
import java.util.Objects;
import java.util.Optional;

/**
 * A transfer to be made, where the client's own settings do not say all.
 *
 * @param options asked exactly so, in this order, and a refusal stands; empty: what the client is set to ask, or
 *     nothing from a server that refuses that
 * @param listener told of this transfer, after the client's own
 */
public record TransferRequest(RemoteFile remote, Optional<Options> options, TransferListener listener) {
    /** Refuses nulls. */
    public TransferRequest {
        Objects.requireNonNull(remote, "remote");
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(listener, "listener");
    }

    /** With the client's settings. */
    public static TransferRequest of(RemoteFile remote) {
        return new TransferRequest(remote, Optional.empty(), TransferListener.NONE);
    }

    /** The same with exactly those options. */
    public TransferRequest asking(Options exactly) {
        return new TransferRequest(remote, Optional.of(exactly), listener);
    }

    /** The same with that listener. */
    public TransferRequest observedBy(TransferListener observer) {
        return new TransferRequest(remote, options, observer);
    }
}
