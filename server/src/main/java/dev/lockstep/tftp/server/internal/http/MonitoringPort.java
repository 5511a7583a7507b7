package dev.lockstep.tftp.server.internal.http;

import dev.lockstep.tftp.internal.http.HttpPort;
import dev.lockstep.tftp.internal.http.HttpReply;
import dev.lockstep.tftp.internal.metrics.MetricsResource;
import dev.lockstep.tftp.server.ServerLifecycleListener;
import dev.lockstep.tftp.server.TftpServer;
import dev.lockstep.tftp.server.internal.metrics.OriginCollector;
import dev.lockstep.tftp.server.internal.metrics.ReloadCounters;
import dev.lockstep.tftp.server.internal.metrics.ServerCollector;
import dev.lockstep.tftp.server.internal.origin.OriginMetrics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP port of the daemon: health, metrics and the live page. It is open from the moment when requests are served until all
 * transfers have ended, so that a drain can be watched.
 */
public final class MonitoringPort implements ServerLifecycleListener {
    private static final Logger LOG = LoggerFactory.getLogger("tftpd");
    private static final Predicate<InetAddress> ANYONE = client -> true;

    private final HttpPort.Builder settings;
    private final String version;
    private final ReloadCounters reloads;
    private final Supplier<OriginMetrics> origins;
    private LivePage page;
    private HttpPort port;

    /**
     * Creates a port that is started with the server.
     *
     * @param settings the address and the security of the port
     * @param version the version of the program
     * @param reloads of the configuration file, or null if there is none
     * @param origins returns the counters of origins
     */
    public MonitoringPort(
            HttpPort.Builder settings, String version, ReloadCounters reloads, Supplier<OriginMetrics> origins) {
        this.settings = settings;
        this.version = version;
        this.reloads = reloads;
        this.origins = origins;
    }

    /**
     * Returns the settings of a port.
     *
     * @param token the token that requests need, or null if they need none
     * @param hosts names and addresses that the Host header may have
     * @param metrics the clients that need no token for the metrics
     * @throws IllegalArgumentException if the address needs a token, or a host is neither a name nor an address
     */
    public static HttpPort.Builder settings(
            InetSocketAddress address, byte[] token, Set<String> hosts, Predicate<InetAddress> metrics) {
        return HttpPort.builder()
                .address(address)
                .token(token)
                .allowedHosts(hosts)
                .withoutToken("/healthz", ANYONE)
                .withoutToken("/readyz", ANYONE)
                .withoutToken("/metrics", metrics)
                .failures(failure -> LOG.error("HTTP port: {}", failure.toString(), failure));
    }

    /** Shows a live page. Called before the start. */
    public void show(LivePage live) {
        page = live;
    }

    @Override
    public void started(TftpServer server) throws IOException {
        if (page != null) {
            page.addTo(settings, server);
        }
        port = settings.resource("/healthz", query -> HttpReply.text("ok\n"))
                .resource("/readyz", query -> readiness(server))
                .resource(
                        "/metrics",
                        new MetricsResource(
                                new ServerCollector(version, server::metrics, reloads), new OriginCollector(origins)))
                .start();
        if (page != null) {
            page.started(port);
        }
    }

    private static HttpReply readiness(TftpServer server) {
        if (server.isStopping()) {
            return HttpReply.error(503, "draining");
        }
        return server.isServing() ? HttpReply.text("ready\n") : HttpReply.error(503, "storage does not respond");
    }

    /** Returns the address that the port listens on, with its actual port. */
    public InetSocketAddress address() {
        return port.address();
    }

    /** Keeps the port open, which reports from now on that the server is not ready. */
    @Override
    public void stopping() {}

    @Override
    public void stopped() {
        if (port != null) {
            port.close();
        }
    }
}
