package dev.lockstep.tftp.client;

import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.event.TransferListener;
import dev.lockstep.tftp.negotiation.KnownOption;
import java.net.URI;
import java.util.Objects;
import java.util.Optional;

/**
 * A request for a transfer, with settings that differ from those of the client.
 *
 * @param remote the file on the server
 * @param options requested exactly as given, in this order, and a refusal is final; if empty, the client's settings
 *     apply, and no option is requested from a server that has refused options
 * @param listener called for this transfer, after the client's own listeners
 */
public record TransferRequest(RemoteFile remote, Optional<Options> options, TransferListener listener) {
    /**
     * Validates that no component is null.
     *
     * @throws NullPointerException if one is
     */
    public TransferRequest {
        Objects.requireNonNull(remote, "remote");
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(listener, "listener");
    }

    /**
     * Returns a request with the client's settings.
     *
     * @param remote the file on the server
     * @return the request
     */
    public static TransferRequest of(RemoteFile remote) {
        return new TransferRequest(remote, Optional.empty(), TransferListener.NONE);
    }

    /**
     * Returns a request with the client's settings.
     *
     * @param remote the URI of the file on the server; octet mode if it names none
     * @return the request
     * @throws IllegalArgumentException if the URI is not that of a file on a TFTP server (RFC 3617)
     */
    public static TransferRequest of(URI remote) {
        return of(RemoteFile.parse(remote.toString(), TransferMode.OCTET));
    }

    /**
     * Returns a request with the given options. They may include options that are not a {@link KnownOption}. What
     * the server grants for any of them is in {@link TransferResult#granted}.
     *
     * @param exactly requested exactly as given, in this order
     * @return the request
     */
    public TransferRequest asking(Options exactly) {
        return new TransferRequest(remote, Optional.of(exactly), listener);
    }

    /**
     * Returns a request with the given listener.
     *
     * @param observer the listener
     * @return the request
     */
    public TransferRequest observedBy(TransferListener observer) {
        return new TransferRequest(remote, options, observer);
    }
}
