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

/** Flags for the addresses, ports and MTUs of the daemon. */
final class NetworkOptions {
    private static final int LAST_PORT = 65535;

    @Option(
            names = "--listen",
            paramLabel = "ADDRESS:PORT",
            description = "Also listen on this address, such as [::1]:69; may be repeated.")
    private List<String> listen = List.of();

    @ArgGroup
    private Ports ports = new Ports();

    @Option(
            names = "--replica",
            description = "One of several daemons behind a balancer: send no reply where another one may answer.")
    private boolean replica;

    @Option(names = "--no-path-mtu", description = "Grant blocks that are larger than the path MTU.")
    private boolean noPathMtu;

    @Option(
            names = "--mtu",
            paramLabel = "NETWORK=MTU",
            description = "MTU for a network, such as 10.1.0.0/16=1400; may be repeated, and the first match applies.")
    private List<String> mtus = List.of();

    /** The flags of the port mode, which exclude each other. */
    static final class Ports {
        @Option(
                names = "--single-port",
                description =
                        "Reply from the listening port, for NAT and containers (default: an ephemeral port for each"
                                + " transfer).")
        private boolean single;

        @Option(names = "--port-range", paramLabel = "A-B", description = "Ports for transfers, one for each.")
        private String range;

        private PortMode mode() {
            if (range != null) {
                return PortMode.range(range);
            }
            return single ? PortMode.SINGLE : PortMode.EPHEMERAL;
        }
    }

    /**
     * Applies these flags to a builder.
     *
     * @param where the parameters of the command: the port, the address and the port, or nothing
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
        builder.portModes(peer -> mode).replica(replica);
    }

    /**
     * Returns the address of a flag that may have a port alone, which is then of the loopback address.
     *
     * @throws IllegalArgumentException if the text is neither a port nor an address and a port
     */
    static InetSocketAddress loopbackUnlessGiven(String flag, String text) {
        try {
            return text.matches("\\d+")
                    ? new InetSocketAddress(InetAddress.getLoopbackAddress(), port(text))
                    : addressAndPort(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    flag + ": " + text + " (expected: PORT or ADDRESS:PORT, an IPv6 address in brackets)", e);
        }
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
            // reported below
        }
        String expected = "0 to 65535";
        int colon = text.indexOf(':');
        if (text.indexOf('/') >= 0) {
            expected += "; --root " + text + " serves a directory";
        } else if (colon > 0 && colon == text.lastIndexOf(':')) {
            expected = text.substring(0, colon) + " " + text.substring(colon + 1);
        }
        throw new IllegalArgumentException("port: " + text + " (expected: " + expected + ")");
    }

    PortMode mode() {
        return ports.mode();
    }

    /** Returns the MTU in bytes that a flag sets for a client, or empty if none does. */
    OptionalInt mtuOf(InetSocketAddress client) {
        return NetworkMtu.of(client, mtus.stream().map(NetworkMtu::parse).toList());
    }

    /** Returns true if blocks are limited to the path MTU. */
    boolean isPathMtu() {
        return !noPathMtu;
    }

    /** Returns the MTU as {@link RequestSettings} has it. */
    int mtu() {
        return noPathMtu ? RequestSettings.ANY_MTU : RequestSettings.PATH_MTU;
    }
}
