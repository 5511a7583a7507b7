package dev.lockstep.tftp.server.cli;

import dev.lockstep.tftp.internal.text.ByteSize;
import dev.lockstep.tftp.server.AmplificationLimits;
import dev.lockstep.tftp.server.TftpServerBuilder;
import java.util.Locale;
import picocli.CommandLine.Option;

/** The flag that limits what is sent to unvalidated peers, whose source address may be spoofed. */
final class AddressValidationOptions {
    private static final String FLAG = "--address-validation";

    /** The limits that can be chosen by name. */
    enum Profile {
        STRICT(AmplificationLimits.STRICT),
        NORMAL(AmplificationLimits.NORMAL),
        OFF(AmplificationLimits.UNLIMITED);

        private final AmplificationLimits limits;

        Profile(AmplificationLimits limits) {
            this.limits = limits;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Option(
            names = FLAG,
            paramLabel = "normal|strict|off",
            description =
                    "Limits for peers that have not replied yet, whose address may be spoofed: normal, strict (for servers"
                            + " that the Internet can reach) or off (default ${DEFAULT-VALUE}).")
    private Profile profile = Profile.NORMAL;

    @Option(names = "--unanswered-requests", hidden = true, description = FLAG)
    private Integer requests;

    @Option(names = "--unanswered-per-client", hidden = true, description = FLAG)
    private ByteSize perClient;

    @Option(names = "--unanswered-per-network", hidden = true, description = FLAG)
    private ByteSize perNetwork;

    /**
     * Applies these flags to a builder. Each of the former flags replaces one limit of the profile.
     *
     * @throws IllegalArgumentException if a value is out of range
     */
    void applyTo(TftpServerBuilder builder) {
        builder.amplificationLimits(new AmplificationLimits(
                requests == null ? profile.limits.requests() : requests,
                perClient == null ? profile.limits.perClient() : perClient.bytes(),
                perNetwork == null ? profile.limits.perNetwork() : perNetwork.bytes()));
    }
}
