package dev.lockstep.tftp.server.cli;

import dev.lockstep.tftp.server.PortMode;
import dev.lockstep.tftp.server.TftpServerBuilder;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Flags for the networks between the daemon and its clients. */
final class NetworkOptions {
    @ArgGroup
    private Ports ports = new Ports();

    @Option(names = "--no-path-mtu", description = "Grant blocks that need fragments on the way to the client.")
    private boolean noPathMtu;

    /** One of these or none. */
    static final class Ports {
        @Option(
                names = "--single-port",
                description = "Answer from the listening port, for NAT, containers and firewalls;"
                        + " a port for each transfer by default.")
        private boolean single;

        @Option(
                names = "--port-range",
                paramLabel = "A-B",
                description = "Take the ports of transfers from this range: one each, so as many at once.")
        private String range;

        private PortMode mode() {
            if (range != null) {
                return PortMode.range(range);
            }
            return single ? PortMode.SINGLE : PortMode.FRESH;
        }
    }

    /** Sets what these flags say. */
    void applyTo(TftpServerBuilder builder) {
        PortMode mode = ports.mode();
        builder.portModes(peer -> mode).pathMtu(!noPathMtu);
    }
}
