package dev.lockstep.tftp.client;

import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.transfer.PmtuBlackHole;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What a client has learnt: servers that refuse options, and ways on which large blocks vanish. Safe on any thread. */
final class ServerCapabilityCache {
    /** When it is time to try larger datagrams again (RFC 1191, section 6.3). */
    private static final long FORGOTTEN = Duration.ofMinutes(10).toNanos();

    private final Set<InetSocketAddress> plainServers = ConcurrentHashMap.newKeySet();
    private final Map<InetAddress, Long> blackHoles = new ConcurrentHashMap<>();

    /** That server has refused options. */
    void refusesOptions(InetSocketAddress server) {
        plainServers.add(server);
    }

    /** On the way to or from that server no large block has arrived. */
    void losesLargeBlocks(InetSocketAddress server, long now) {
        blackHoles.put(server.getAddress(), now);
    }

    /** What to ask that server for; {@code tsize} as {@link ClientConfig#asked} takes it. */
    Options asked(ClientConfig config, InetSocketAddress server, long tsize, long now) {
        if (plainServers.contains(server)) {
            return Options.NONE;
        }
        Long since = blackHoles.get(server.getAddress());
        boolean small = since != null && now - since < FORGOTTEN;
        return config.asked(tsize, small ? PmtuBlackHole.SAFE_BLKSIZE : config.blksize());
    }
}
