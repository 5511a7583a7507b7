package dev.lockstep.tftp.server.cli;

import dev.lockstep.tftp.internal.text.ByteSize;
import dev.lockstep.tftp.server.AmplificationLimits;
import dev.lockstep.tftp.server.TftpServerBuilder;
import picocli.CommandLine.Option;

/** Flags that limit what is sent to unvalidated peers, whose source address may be spoofed. */
final class AmplificationOptions {
    @Option(
            names = "--unanswered-requests",
            paramLabel = "N",
            description = "Limit of requests from unvalidated peers; the oldest is evicted; 4096."
                    + " Burst from unknown addresses: half of it, then a sixteenth per second;"
                    + " from those that repeat a dropped request: a sixteenth, then a 64th per second.")
    private int requests = AmplificationLimits.DEFAULT.requests();

    @Option(
            names = "--unanswered-per-client",
            paramLabel = "SIZE",
            description = "Bytes per second to an unvalidated peer, 16 times as many in a burst; 128K.")
    private ByteSize perClient = new ByteSize(AmplificationLimits.DEFAULT.perClient());

    @Option(
            names = "--unanswered-per-network",
            paramLabel = "SIZE",
            description = "Bytes per second to all unvalidated peers of a network, /24 (IPv6: /48); 512K.")
    private ByteSize perNetwork = new ByteSize(AmplificationLimits.DEFAULT.perNetwork());

    /** Applies these flags to a builder. */
    void applyTo(TftpServerBuilder builder) {
        builder.unvalidated(new AmplificationLimits(requests, perClient.bytes(), perNetwork.bytes()));
    }
}
