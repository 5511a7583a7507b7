package dev.lockstep.tftp.server.cli;

import dev.lockstep.tftp.server.NetworkMtu;
import dev.lockstep.tftp.server.PortMode;
import dev.lockstep.tftp.server.RequestSettings;
import dev.lockstep.tftp.server.TftpServerBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.OptionalInt;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Flags for the networks between the daemon and its clients. */
final class NetworkOptions {
    private static final int LAST_PORT = 65535;

    @Option(
            names = "--listen",
            paramLabel = "ADDRESS:PORT",
            description = "Listen there, too; may be repeated. IPv6 in brackets: [::1]:69. 0.0.0.0 and [::] stand for"
                    + " every address of one family.")
    private List<String> listen = List.of();

    @ArgGroup
    private Ports ports = new Ports();

    @Option(names = "--no-path-mtu", description = "Grant blocks that need fragments on the way to the client.")
    private boolean noPathMtu;

    @Option(
            names = "--mtu",
            paramLabel = "NETWORK=MTU",
            description =
                    "The largest packet for clients of a network, as 10.1.0.0/16=1400, where the path's own MTU is"
                            + " not known here; may be repeated, and the first that fits counts.")
    private List<String> mtus = List.of();

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

    /**
     * Sets what these flags say.
     *
     * @param where the parameters of the command: port, or address and port, or nothing
     */
    void applyTo(TftpServerBuilder builder, List<String> where) {
        if (where.size() == 1) {
            builder.port(port(where.get(0)));
        } else if (!where.isEmpty()) {
            builder.listen(address(where.get(0), port(where.get(1))));
        }
        listen.forEach(text -> builder.listen(addressAndPort(text)));
        PortMode mode = mode();
        mtus.forEach(text -> builder.mtu(NetworkMtu.parse(text)));
        builder.portModes(peer -> mode).pathMtu(!noPathMtu);
    }

    private static InetSocketAddress addressAndPort(String text) {
        int colon = text.lastIndexOf(':');
        String host = text.substring(0, Math.max(0, colon));
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        if (host.isEmpty() || host.indexOf(':') >= 0 && !bracketed) {
            throw new IllegalArgumentException(
                    "--listen: " + text + " (expected: ADDRESS:PORT, an IPv6 address in brackets)");
        }
        return address(bracketed ? host.substring(1, host.length() - 1) : host, port(text.substring(colon + 1)));
    }

    private static InetSocketAddress address(String host, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByName(host), port);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("address: " + host + " (expected: an address of this machine)");
        }
    }

    private static int port(String text) {
        try {
            int port = Integer.parseInt(text);
            if (port >= 0 && port <= LAST_PORT) {
                return port;
            }
        } catch (NumberFormatException ignored) {
            // told below
        }
        throw new IllegalArgumentException("port: " + text + " (expected: 0 to 65535)");
    }

    PortMode mode() {
        return ports.mode();
    }

    /** What a flag says of the MTU of the way to a client. */
    OptionalInt mtuOf(InetSocketAddress client) {
        return NetworkMtu.of(client, mtus.stream().map(NetworkMtu::parse).toList());
    }

    /** As a treatment has it. */
    int mtu() {
        return noPathMtu ? RequestSettings.ANY_MTU : RequestSettings.PATH_MTU;
    }
}
