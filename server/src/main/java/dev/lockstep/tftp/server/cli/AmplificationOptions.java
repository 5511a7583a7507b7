package dev.lockstep.tftp.server.cli;

import dev.lockstep.tftp.server.AmplificationLimits;
import dev.lockstep.tftp.server.TftpServerBuilder;
import picocli.CommandLine.Option;

/** Flags that bound what is done for requests whose sender may be made up. */
final class AmplificationOptions {
    @Option(
            names = "--unanswered-requests",
            paramLabel = "N",
            description = "Requests served at once that their clients have not followed up; the oldest make room;"
                    + " 4096. Half as many may come at once, and a sixteenth each second, from addresses not heard of yet;"
                    + " a sixteenth at once, and a 64th each second, from those of them that ask again.")
    private int requests = AmplificationLimits.DEFAULT.requests();

    @Option(
            names = "--unanswered-per-client",
            paramLabel = "SIZE",
            description = "Bytes a second to a client that does not answer, 16 times as many at once; 128K.")
    private ByteSize perClient = new ByteSize(AmplificationLimits.DEFAULT.perClient());

    @Option(
            names = "--unanswered-per-network",
            paramLabel = "SIZE",
            description = "The same for its network, /24 (IPv6: /48); 512K.")
    private ByteSize perNetwork = new ByteSize(AmplificationLimits.DEFAULT.perNetwork());

    /** Sets what these flags say. */
    void applyTo(TftpServerBuilder builder) {
        builder.unvalidated(new AmplificationLimits(requests, perClient.octets(), perNetwork.octets()));
    }
}
