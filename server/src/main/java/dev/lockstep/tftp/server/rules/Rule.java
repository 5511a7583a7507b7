package dev.lockstep.tftp.server.rules;

import dev.lockstep.tftp.channel.RateLimiter;
import dev.lockstep.tftp.channel.SharedRateLimiter;
import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.server.PortMode;
import dev.lockstep.tftp.server.RequestSettings;
import dev.lockstep.tftp.transfer.TftpException;
import java.net.InetAddress;
import java.util.List;

/** One rule, ready to be asked. */
final class Rule {
    private final String label;
    private final RuleCondition condition;
    private final boolean denies;
    private final RequestSettings requestSettings;
    private final PortMode ports;
    private final List<QuirkProfile> quirks;
    private final Rates rates;
    private final ClientRates clientRates;

    /** Octets a second, 0 for as many as will go. */
    record Rates(long perTransfer, long perClient) {
        static final Rates UNLIMITED = new Rates(0, 0);
    }

    /**
     * A rule.
     *
     * @param label what the log calls it
     * @param ports null where it leaves them as they are
     * @param quirks those of the treatment, by name
     */
    Rule(
            String label,
            RuleCondition condition,
            boolean denies,
            RequestSettings requestSettings,
            PortMode ports,
            List<QuirkProfile> quirks,
            Rates rates) {
        this.label = label;
        this.condition = condition;
        this.denies = denies;
        this.requestSettings = requestSettings;
        this.ports = ports;
        this.quirks = quirks;
        this.rates = rates;
        this.clientRates = rates.perClient > 0 ? new ClientRates(rates.perClient) : null;
    }

    /** How it treats a request that it matches. */
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

    String label() {
        return label;
    }

    RuleCondition condition() {
        return condition;
    }

    /** Without paces of its own. */
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
