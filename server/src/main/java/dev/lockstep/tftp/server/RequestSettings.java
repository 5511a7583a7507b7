package dev.lockstep.tftp.server;

import dev.lockstep.tftp.channel.RateLimiter;
import dev.lockstep.tftp.server.storage.Storage;
import dev.lockstep.tftp.transfer.Limits;
import dev.lockstep.tftp.transfer.PmtuBlackHole;
import dev.lockstep.tftp.transfer.Quirks;
import dev.lockstep.tftp.transfer.TransferSettings;
import java.util.Objects;

/**
 * How one request is treated.
 *
 * @param storage where its file is
 * @param limits what it may ask for, and how long it may take
 * @param mtu octets of the largest packet that may be sent; {@link #PATH_MTU}: what the way to the client carries
 * @param rateLimiter how fast its file may go; of this request alone, or shared with others
 * @param blackHole whether its limits are small because of a PMTU black hole
 */
public record RequestSettings(
        Storage storage, Limits limits, Quirks quirks, int mtu, RateLimiter rateLimiter, boolean blackHole) {
    /** The MTU of the way to the client, as this machine knows it. */
    public static final int PATH_MTU = 0;
    /** No limit: blocks may need fragments on the way. */
    public static final int ANY_MTU = 65535;

    /** Without a PMTU black hole. */
    public RequestSettings(Storage storage, Limits limits, Quirks quirks, int mtu, RateLimiter rateLimiter) {
        this(storage, limits, quirks, mtu, rateLimiter, false);
    }

    /** By the book, at any speed. */
    public RequestSettings(Storage storage, Limits limits) {
        this(storage, limits, Quirks.NONE, PATH_MTU, RateLimiter.UNLIMITED);
    }

    /** The same with files from elsewhere. */
    public RequestSettings withStorage(Storage other) {
        return new RequestSettings(other, limits, quirks, mtu, rateLimiter, blackHole);
    }

    /** The same with other limits. */
    public RequestSettings withLimits(Limits other) {
        return new RequestSettings(storage, other, quirks, mtu, rateLimiter, blackHole);
    }

    /** The same with other quirks. */
    public RequestSettings withQuirks(Quirks other) {
        return new RequestSettings(storage, limits, other, mtu, rateLimiter, blackHole);
    }

    /** The same with packets up to that size. */
    public RequestSettings withMtu(int octets) {
        return new RequestSettings(storage, limits, quirks, octets, rateLimiter, blackHole);
    }

    /** The same at another pace. */
    public RequestSettings withRateLimiter(RateLimiter other) {
        return new RequestSettings(storage, limits, quirks, mtu, other, blackHole);
    }

    /** Returns the same with blocks that cross every path. */
    RequestSettings afterBlackHole() {
        return new RequestSettings(
                storage, limits.withBlksize(PmtuBlackHole.SAFE_BLKSIZE), quirks, mtu, rateLimiter, true);
    }

    /** Refuses what makes no sense, with its value and what was expected. */
    public RequestSettings {
        Objects.requireNonNull(storage, "storage");
        Objects.requireNonNull(limits, "limits");
        Objects.requireNonNull(quirks, "quirks");
        Objects.requireNonNull(rateLimiter, "pace");
        if (mtu != PATH_MTU && (mtu < TransferSettings.MIN_BLKSIZE || mtu > ANY_MTU)) {
            throw new IllegalArgumentException("mtu: " + mtu + " (expected: 8 to 65535)");
        }
    }

    /** The limits for a client whose path has that MTU. */
    public Limits limitsFor(int pathMtu, boolean ipv6) {
        return limits.forPath(mtu == PATH_MTU ? pathMtu : mtu, ipv6);
    }
}
