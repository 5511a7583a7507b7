package dev.lockstep.tftp.server;

import dev.lockstep.tftp.io.RateLimiter;
import dev.lockstep.tftp.negotiation.Quirks;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.negotiation.TransferSettings;
import dev.lockstep.tftp.server.storage.Storage;
import dev.lockstep.tftp.transfer.PmtuBlackHole;
import java.util.Objects;

/**
 * The settings for one request.
 *
 * @param storage the storage of its file
 * @param limits the limits of the negotiation and the timeouts
 * @param quirks the deviations from the RFCs for this client
 * @param mtu the largest packet that may be sent, in bytes; {@link #PATH_MTU} for the path MTU to the client
 * @param rateLimiter the rate limit of its file, for this request alone or shared with others
 * @param blackHole true if the limits are small because of a PMTU black hole
 */
public record RequestSettings(
        Storage storage, TransferLimits limits, Quirks quirks, int mtu, RateLimiter rateLimiter, boolean blackHole) {
    /** Value of {@code mtu} for the path MTU to the client, as this machine has determined it. */
    public static final int PATH_MTU = 0;
    /** Value of {@code mtu} for no limit: datagrams may be fragmented on the path. */
    public static final int ANY_MTU = 65535;

    /** Creates settings without a PMTU black hole. */
    public RequestSettings(Storage storage, TransferLimits limits, Quirks quirks, int mtu, RateLimiter rateLimiter) {
        this(storage, limits, quirks, mtu, rateLimiter, false);
    }

    /** Creates settings without quirks and without a rate limit, for the path MTU. */
    public RequestSettings(Storage storage, TransferLimits limits) {
        this(storage, limits, Quirks.NONE, PATH_MTU, RateLimiter.UNLIMITED);
    }

    /** Returns a copy with another storage. */
    public RequestSettings withStorage(Storage other) {
        return new RequestSettings(other, limits, quirks, mtu, rateLimiter, blackHole);
    }

    /** Returns a copy with other limits. */
    public RequestSettings withLimits(TransferLimits other) {
        return new RequestSettings(storage, other, quirks, mtu, rateLimiter, blackHole);
    }

    /** Returns a copy with other quirks. */
    public RequestSettings withQuirks(Quirks other) {
        return new RequestSettings(storage, limits, other, mtu, rateLimiter, blackHole);
    }

    /**
     * Returns a copy with another MTU.
     *
     * @param bytes the largest packet in bytes
     */
    public RequestSettings withMtu(int bytes) {
        return new RequestSettings(storage, limits, quirks, bytes, rateLimiter, blackHole);
    }

    /** Returns a copy with another rate limit. */
    public RequestSettings withRateLimiter(RateLimiter other) {
        return new RequestSettings(storage, limits, quirks, mtu, other, blackHole);
    }

    /** Returns a copy with blocks that every path carries. */
    public RequestSettings afterBlackHole() {
        return new RequestSettings(
                storage, limits.withBlksize(PmtuBlackHole.SAFE_BLKSIZE), quirks, mtu, rateLimiter, true);
    }

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if the MTU is out of range
     */
    public RequestSettings {
        Objects.requireNonNull(storage, "storage");
        Objects.requireNonNull(limits, "limits");
        Objects.requireNonNull(quirks, "quirks");
        Objects.requireNonNull(rateLimiter, "rate limiter");
        if (mtu != PATH_MTU && (mtu < TransferSettings.MIN_BLKSIZE || mtu > ANY_MTU)) {
            throw new IllegalArgumentException("mtu: " + mtu + " (expected: 8 to 65535)");
        }
    }

    /**
     * Returns the limits for a client.
     *
     * @param pathMtu the path MTU to the client in bytes
     * @param ipv6 true if the client has an IPv6 address
     */
    public TransferLimits limitsFor(int pathMtu, boolean ipv6) {
        return limits.forPath(mtu == PATH_MTU ? pathMtu : mtu, ipv6);
    }
}
