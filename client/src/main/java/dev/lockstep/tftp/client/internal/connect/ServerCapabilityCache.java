package dev.lockstep.tftp.client.internal.connect;

import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.transfer.PmtuBlackHole;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A cache of servers that refuse options, and of paths that drop large blocks. */
@ThreadSafe
public final class ServerCapabilityCache {
    /** Nanoseconds until larger datagrams are tried again (RFC 1191, section 6.3). */
    private static final long EXPIRY = Duration.ofMinutes(10).toNanos();

    private final Set<InetSocketAddress> plainServers = ConcurrentHashMap.newKeySet();
    private final Map<InetAddress, Long> blackHoles = new ConcurrentHashMap<>();

    /** Records that the server has refused options. */
    void refusesOptions(InetSocketAddress server) {
        plainServers.add(server);
    }

    /**
     * Records that no large block has arrived on the path to or from the server.
     *
     * @param now the time in nanoseconds
     */
    void losesLargeBlocks(InetSocketAddress server, long now) {
        blackHoles.put(server.getAddress(), now);
    }

    /**
     * Returns the options to request from the server.
     *
     * @param now the time in nanoseconds
     */
    public Options asked(OptionPreferences preferences, InetSocketAddress server, ClientOperation operation, long now) {
        if (plainServers.contains(server)) {
            return Options.NONE;
        }
        Long since = blackHoles.get(server.getAddress());
        boolean small = since != null && now - since < EXPIRY;
        return preferences.asked(operation, small ? PmtuBlackHole.SAFE_BLKSIZE : preferences.blksize());
    }
}
