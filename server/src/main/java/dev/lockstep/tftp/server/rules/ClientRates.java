package dev.lockstep.tftp.server.rules;

import dev.lockstep.tftp.channel.RateLimiter;
import dev.lockstep.tftp.channel.SharedRateLimiter;
import dev.lockstep.tftp.server.ClientPrefix;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;

/** The rate of each client (IPv6: of its /64), shared by its transfers. Those that asked longest ago are forgotten. */
final class ClientRates {
    private static final int MOST = 10_000;

    private final long rate;
    private final Map<Long, RateLimiter> byClient = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, RateLimiter> eldest) {
            return size() > MOST;
        }
    };

    ClientRates(long rate) {
        this.rate = rate;
    }

    synchronized RateLimiter of(InetAddress client) {
        return byClient.computeIfAbsent(ClientPrefix.of(client), prefix -> new SharedRateLimiter(rate));
    }
}
