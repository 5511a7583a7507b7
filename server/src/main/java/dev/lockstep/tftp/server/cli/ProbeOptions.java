package dev.lockstep.tftp.server.cli;

import dev.lockstep.tftp.server.TftpServerBuilder;
import dev.lockstep.tftp.server.internal.logging.StatusOutput;
import dev.lockstep.tftp.server.internal.service.TcpProbe;
import picocli.CommandLine.Option;

/** The flag of the TCP probe. */
final class ProbeOptions {
    @Option(
            names = "--probe-port",
            paramLabel = "PORT",
            description =
                    "Answer TCP probes on this port, usually " + TcpProbe.PORT + "; 0 takes a free one (default: off).")
    private Integer port;

    private TcpProbe probe;

    /** Adds the probe to a builder, if the flag is set. */
    void applyTo(TftpServerBuilder builder) {
        if (port != null) {
            probe = new TcpProbe(port);
            builder.lifecycleListener(probe);
        }
    }

    /** Reports the port of the probe after the server has started. */
    void report(StatusOutput output) {
        if (probe != null) {
            output.probeListening(probe.addresses().get(0).getPort());
        }
    }
}
