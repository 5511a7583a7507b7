package dev.lockstep.tftp.server.rules;

import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.io.RateLimiter;
import dev.lockstep.tftp.io.SharedRateLimiter;
import dev.lockstep.tftp.server.internal.validation.ClientPrefix;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The rate limiters of clients, each shared by all transfers of a client (in IPv6: of a /64). The least recently used
 * ones are discarded.
 */
@ThreadSafe
final class ClientRates {
    private static final int MAX_CLIENTS = 10_000;

    private final long rate;
    private final Map<Long, RateLimiter> byClient = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, RateLimiter> eldest) {
            return size() > MAX_CLIENTS;
        }
    };

    ClientRates(long rate) {
        this.rate = rate;
    }

    synchronized RateLimiter of(InetAddress client) {
        return byClient.computeIfAbsent(ClientPrefix.of(client), prefix -> new SharedRateLimiter(rate));
    }
}
