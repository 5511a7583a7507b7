package dev.lockstep.tftp.server.rules;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.io.RateLimiter;
import dev.lockstep.tftp.io.SharedRateLimiter;
import dev.lockstep.tftp.server.PortMode;
import dev.lockstep.tftp.server.RequestSettings;
import java.net.InetAddress;
import java.util.List;

/**
 * A rule of a policy.
 *
 * @param name the name of the rule in metrics
 * @param label the name of the rule in the log, with its place
 * @param line the line of the rule
 * @param condition the requests that the rule matches
 * @param denies true if the rule refuses them
 * @param requestSettings the settings without the rate limits of the rule
 * @param files a sentence about the files and the uploads
 * @param ports the port mode, or null if the rule does not set it
 * @param quirks the quirks of the settings, by name
 * @param rates the rate limits
 */
record Rule(
        String name,
        String label,
        int line,
        RuleCondition condition,
        boolean denies,
        RequestSettings requestSettings,
        String files,
        PortMode ports,
        List<QuirkProfile> quirks,
        Rates rates) {
    /**
     * Rate limits in bytes per second; 0 for no limit.
     *
     * @param clients the limiters for {@code perClient}, or null
     */
    record Rates(long perTransfer, long perClient, ClientRates clients) {
        static final Rates UNLIMITED = new Rates(0, 0);

        Rates(long perTransfer, long perClient) {
            this(perTransfer, perClient, perClient > 0 ? new ClientRates(perClient) : null);
        }

        private RateLimiter limiterFor(InetAddress client) {
            RateLimiter own = perTransfer > 0 ? new SharedRateLimiter(perTransfer) : RateLimiter.UNLIMITED;
            return clients == null ? own : own.and(clients.of(client));
        }
    }

    /**
     * Returns the settings for a request that the rule matches.
     *
     * @throws TftpException if the rule denies the request
     */
    RequestSettings resolve(InetAddress client) throws TftpException {
        if (denies) {
            throw new TftpException(ErrorCode.ACCESS_VIOLATION, "not allowed").because(label + " denies it");
        }
        RateLimiter rateLimiter = rates.limiterFor(client);
        return rateLimiter == RateLimiter.UNLIMITED ? requestSettings : requestSettings.withRateLimiter(rateLimiter);
    }
}
