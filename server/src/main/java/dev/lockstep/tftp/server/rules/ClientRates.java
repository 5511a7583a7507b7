package dev.lockstep.tftp.server.rules;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.io.RateLimiter;
import dev.lockstep.tftp.io.SharedRateLimiter;
import dev.lockstep.tftp.server.internal.validation.ClientPrefix;
import java.net.InetAddress;

/**
 * The rate limiters of clients, each shared by all transfers of a client (in IPv6: of a /64). A limiter is discarded
 * when no transfer uses it.
 */
@ThreadSafe
final class ClientRates {
    private final long rate;
    private final Cache<Long, RateLimiter> byClient =
            Caffeine.newBuilder().weakValues().executor(Runnable::run).build();

    ClientRates(long rate) {
        this.rate = rate;
    }

    RateLimiter of(InetAddress client) {
        return byClient.get(ClientPrefix.of(client), prefix -> new SharedRateLimiter(rate));
    }
}
