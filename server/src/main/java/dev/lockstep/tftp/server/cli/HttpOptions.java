package dev.lockstep.tftp.server.cli;

import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.internal.cli.ProgramVersion;
import dev.lockstep.tftp.server.ServerLifecycleListener;
import dev.lockstep.tftp.server.TftpServerBuilder;
import dev.lockstep.tftp.server.internal.http.MonitoringPort;
import dev.lockstep.tftp.server.internal.logging.StatusOutput;
import dev.lockstep.tftp.server.internal.metrics.ReloadCounters;
import dev.lockstep.tftp.server.internal.origin.OriginMetrics;
import dev.lockstep.tftp.server.rules.ConfigException;
import dev.lockstep.tftp.server.rules.IpNetwork;
import dev.lockstep.tftp.server.rules.RulePolicy;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** Flags of the HTTP port. None of its classes is loaded while it is off. */
final class HttpOptions {
    private static final String HTTP = "--http";
    private static final String TOKEN = "--http-token-file";
    private static final String HOST = "--http-host";
    private static final String METRICS = "--metrics-allow";
    private static final int SHORTEST_TOKEN = 16;

    @Option(
            names = HTTP,
            paramLabel = "[ADDRESS:]PORT",
            description = "Serve health, metrics and a live page by HTTP, on the loopback address unless another one is"
                    + " given; port 0 takes a free one (default: off).")
    private String http;

    @Option(
            names = TOKEN,
            paramLabel = "FILE",
            description = "File with the token that HTTP requests need, which any address but loopback requires.")
    private Path tokenFile;

    @Option(
            names = HOST,
            paramLabel = "NAME",
            description = "Also serve HTTP requests for this host name or address; may be repeated.")
    private Set<String> hosts = new LinkedHashSet<>();

    @Option(
            names = METRICS,
            paramLabel = "NETWORK",
            description = "Serve the metrics to this network without the token; may be repeated.")
    private List<String> metricsAllow = List.of();

    /** A {@link MonitoringPort}, or null. Not the type of the field, since the parser of flags loads those. */
    private ServerLifecycleListener port;

    /**
     * Checks the flags, and adds the port to a builder if it is on.
     *
     * @param reloads of the configuration file, or null if there is none
     * @throws IllegalArgumentException if a flag is invalid, or the token cannot be read
     */
    void applyTo(TftpServerBuilder builder, ReloadCounters reloads, Supplier<OriginMetrics> origins) {
        if (http == null) {
            require(tokenFile == null, TOKEN, tokenFile, HTTP);
            require(hosts.isEmpty(), HOST, hosts, HTTP);
            require(metricsAllow.isEmpty(), METRICS, metricsAllow, HTTP);
            return;
        }
        require(
                metricsAllow.isEmpty() || tokenFile != null,
                METRICS,
                metricsAllow,
                TOKEN + ", without which it is open");
        InetSocketAddress address = NetworkOptions.loopbackUnlessGiven(HTTP, http);
        require(
                tokenFile != null || address.getAddress().isLoopbackAddress(),
                HTTP,
                http,
                TOKEN + ", or a loopback address");
        List<IpNetwork> networks =
                metricsAllow.stream().map(HttpOptions::network).toList();
        byte[] token = tokenFile == null ? null : token();
        try {
            port = new MonitoringPort(
                    MonitoringPort.settings(
                            address, token, hosts, client -> networks.stream().anyMatch(each -> each.contains(client))),
                    ProgramVersion.number(TftpdCommand.class),
                    reloads,
                    origins);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(HOST + ": " + e.getMessage(), e);
        }
        builder.lifecycleListener(port);
    }

    private static void require(boolean met, String flag, Object value, String expected) {
        if (!met) {
            String text = value.toString().replaceAll("^\\[|]$", "");
            throw new IllegalArgumentException(flag + ": " + text + " (expected: " + expected + ")");
        }
    }

    private static IpNetwork network(String text) {
        try {
            return IpNetwork.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(METRICS + ": " + e.getMessage(), e);
        }
    }

    private byte[] token() {
        String text;
        try {
            text = Files.readString(tokenFile, StandardCharsets.ISO_8859_1).strip();
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    TOKEN + ": " + Invocation.problemsOf(e).get(0), e);
        }
        boolean visible = text.chars().allMatch(c -> c > ' ' && c < 0x7F);
        require(
                text.length() >= SHORTEST_TOKEN && visible,
                TOKEN,
                tokenFile,
                "one line of at least " + SHORTEST_TOKEN + " ASCII characters without spaces");
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /**
     * Shows a live page on the port if it is on.
     *
     * @param ruleOf names the rule of a request
     * @param file the configuration file, or null if there is none
     * @param policy reads the rules in force
     * @return what the page shows of the configuration; empty if the port is off
     */
    Optional<RunningConfiguration> showPage(
            TftpServerBuilder builder,
            BiFunction<Request, InetSocketAddress, String> ruleOf,
            TftpdCommand command,
            Path file,
            Configuration.Reader<RulePolicy> policy)
            throws IOException, ConfigException {
        if (port == null) {
            return Optional.empty();
        }
        return Optional.of(
                RunningConfiguration.shownOn((MonitoringPort) port, builder, ruleOf, command, file, policy.read()));
    }

    /** Reports the address of the port after the server has started. */
    void report(StatusOutput output) {
        if (port != null) {
            output.httpListening(((MonitoringPort) port).address());
        }
    }
}
