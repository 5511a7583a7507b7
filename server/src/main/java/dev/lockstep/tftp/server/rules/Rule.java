package dev.lockstep.tftp.server.rules;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.io.RateLimiter;
import dev.lockstep.tftp.io.SharedRateLimiter;
import dev.lockstep.tftp.server.PortMode;
import dev.lockstep.tftp.server.RequestSettings;
import java.net.InetAddress;
import java.util.List;

/** A rule of a policy. */
final class Rule {
    private final String name;
    private final String label;
    private final int line;
    private final RuleCondition condition;
    private final boolean denies;
    private final RequestSettings requestSettings;
    private final String files;
    private final PortMode ports;
    private final List<QuirkProfile> quirks;
    private final Rates rates;
    private final ClientRates clientRates;

    /** Rate limits in bytes per second; 0 for no limit. */
    record Rates(long perTransfer, long perClient) {
        static final Rates UNLIMITED = new Rates(0, 0);
    }

    /**
     * Creates a rule.
     *
     * @param name the name of the rule in metrics
     * @param label the name of the rule in the log, with its place
     * @param line the line of the rule
     * @param files a sentence about the files and the uploads
     * @param ports the port mode, or null if the rule does not set it
     * @param quirks the quirks of the settings, by name
     * @param rates the rate limits; they are not part of {@code requestSettings}
     */
    Rule(
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
        this.name = name;
        this.label = label;
        this.line = line;
        this.condition = condition;
        this.denies = denies;
        this.requestSettings = requestSettings;
        this.files = files;
        this.ports = ports;
        this.quirks = quirks;
        this.rates = rates;
        this.clientRates = rates.perClient > 0 ? new ClientRates(rates.perClient) : null;
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
        RateLimiter rateLimiter =
                rates.perTransfer > 0 ? new SharedRateLimiter(rates.perTransfer) : RateLimiter.UNLIMITED;
        if (clientRates != null) {
            rateLimiter = rateLimiter.and(clientRates.of(client));
        }
        return rateLimiter == RateLimiter.UNLIMITED ? requestSettings : requestSettings.withRateLimiter(rateLimiter);
    }

    String name() {
        return name;
    }

    String label() {
        return label;
    }

    int line() {
        return line;
    }

    RuleCondition condition() {
        return condition;
    }

    /** Returns a sentence about the files and the uploads. */
    String files() {
        return files;
    }

    /** Returns the settings without the rate limits of the rule. */
    RequestSettings requestSettings() {
        return requestSettings;
    }

    boolean denies() {
        return denies;
    }

    PortMode ports() {
        return ports;
    }

    List<QuirkProfile> quirks() {
        return quirks;
    }

    Rates rates() {
        return rates;
    }
}
