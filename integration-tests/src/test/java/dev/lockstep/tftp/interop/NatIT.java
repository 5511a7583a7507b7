package dev.lockstep.tftp.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Daemon;
import dev.lockstep.tftp.harness.NetworkNamespace;
import dev.lockstep.tftp.harness.RoutedNetwork;
import dev.lockstep.tftp.harness.Run;
import dev.lockstep.tftp.harness.Tool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon and the client on two sides of a router that translates addresses, in network namespaces. */
class NatIT {
    /** A router of the clients: all have one address behind it, and datagrams that belong to no flow are dropped. */
    private static final String MASQUERADE = """
            table ip nat {
                chain out { type nat hook postrouting priority srcnat; oifname "tos" masquerade; }
            }
            table ip filter {
                chain in { type filter hook input priority filter; ct state new iifname "tos" drop; }
            }
            """;

    /** Masquerades, and answers such datagrams with ICMP "port unreachable". */
    private static final String MASQUERADE_WITH_ICMP = MASQUERADE.substring(0, MASQUERADE.indexOf("table ip filter"));

    /** A router of the server: forwards some ports, as container platforms do, and nothing else in either direction. */
    private static final String PUBLISHED_PORTS = """
            table ip nat {
                chain in { type nat hook prerouting priority dstnat; iifname "toc" udp dport { %1$s } dnat to 10.77.2.2; }
                chain out { type nat hook postrouting priority srcnat; oifname "toc" masquerade; }
            }
            table ip filter {
                chain through {
                    type filter hook forward priority filter; policy drop;
                    iifname "toc" udp dport { %1$s } accept
                    iifname "tos" udp sport { %1$s } accept
                }
            }
            """;

    private static final int PORT = 6969;
    private static final List<ClientKind> CLIENTS =
            List.of(ClientKind.LOCKSTEP, ClientKind.TFTP_HPA, ClientKind.CURL, ClientKind.ATFTP);

    @TempDir
    private Path root;

    @TempDir
    private Path local;

    private Path served;

    @BeforeEach
    void files() {
        NetworkNamespace.needed("nft", "curl", "tftp", "atftp");
        served = Content.write(root.resolve("boot.img"), 300_000);
    }

    @Test
    void single_port_mode_works_behind_the_masquerade_of_the_clients_router() throws IOException {
        try (RoutedNetwork network = new RoutedNetwork(MASQUERADE);
                Daemon daemon = daemon(network, "--single-port")) {
            eachClient(network, RoutedNetwork.SERVER);
            assertThat(daemon.linesAbout("boot.img")).allMatch(line -> line.contains(RoutedNetwork.ROUTER_AT_SERVER));
        }
    }

    @Test
    void an_ephemeral_port_does_not_work_behind_the_masquerade() {
        try (RoutedNetwork network = new RoutedNetwork(MASQUERADE);
                Daemon daemon = daemon(network)) {
            nobodyIsServed(network, RoutedNetwork.SERVER);
            daemon.awaitLine("a request", line -> line.contains("boot.img"));
        }
    }

    @Test
    void a_request_after_port_unreachable_is_answered_with_one_hint_to_single_port_mode() {
        try (RoutedNetwork network = new RoutedNetwork(MASQUERADE_WITH_ICMP);
                Daemon daemon = daemon(network)) {
            nobodyIsServed(network, RoutedNetwork.SERVER);
            daemon.awaitLine(
                    "the hint",
                    line -> line.contains("WARN") && line.contains("boot.img again") && line.contains("--single-port"));
            assertThat(daemon.linesAbout("--single-port")).hasSize(1);
        }
    }

    @Test
    void a_port_range_works_behind_a_router_that_forwards_these_ports() throws IOException {
        try (RoutedNetwork network = new RoutedNetwork(published("6969, 7000-7009"));
                Daemon daemon = daemon(network, "--port-range", "7000-7009")) {
            eachClient(network, RoutedNetwork.ROUTER_AT_CLIENT);
            assertThat(daemon.linesAbout("boot.img")).allMatch(line -> line.contains(RoutedNetwork.CLIENT));
        }
    }

    @Test
    void single_port_mode_works_behind_a_router_that_forwards_one_port() throws IOException {
        try (RoutedNetwork network = new RoutedNetwork(published("6969"));
                Daemon daemon = daemon(network, "--single-port")) {
            eachClient(network, RoutedNetwork.ROUTER_AT_CLIENT);
            assertThat(daemon.isAlive()).isTrue();
        }
    }

    @Test
    void an_ephemeral_port_does_not_work_behind_a_router_that_forwards_one_port() {
        try (RoutedNetwork network = new RoutedNetwork(published("6969, 7000-7009"));
                Daemon daemon = daemon(network)) {
            nobodyIsServed(network, RoutedNetwork.ROUTER_AT_CLIENT);
            daemon.awaitLine("a request", line -> line.contains("boot.img"));
        }
    }

    private static String published(String ports) {
        return PUBLISHED_PORTS.formatted(ports);
    }

    private Daemon daemon(RoutedNetwork network, String... flags) {
        List<String> all = new ArrayList<>(List.of("--writable", "--overwrite", "--give-up", "1"));
        all.addAll(List.of("--listen", "0.0.0.0:" + PORT));
        all.addAll(List.of(flags));
        return Daemon.listeningIn(network.atServer(), root, all.toArray(String[]::new));
    }

    /** Downloads a file with every client and uploads it again. */
    private void eachClient(RoutedNetwork network, String host) throws IOException {
        Server server = new Server(null, host, PORT, root);
        for (ClientKind client : CLIENTS) {
            Path fetched = local.resolve("got-" + client);
            run(network, client.getCommand(server, Job.of("boot.img", fetched)));
            assertThat(fetched).as("got by " + client).hasSameBinaryContentAs(served);
            run(network, client.putCommand(server, Job.of("up-" + client, fetched)));
            assertThat(root.resolve("up-" + client)).as("put by " + client).hasSameBinaryContentAs(served);
        }
    }

    private void run(RoutedNetwork network, List<String> command) {
        Run.Result outcome = Peers.run(
                local,
                Stream.concat(network.atClient().stream(), command.stream()).toList());
        outcome.assertExit(0);
    }

    /** Expects a timeout, although the route works: only the port is not forwarded. */
    private void nobodyIsServed(RoutedNetwork network, String host) {
        List<String> command = new ArrayList<>(network.atClient());
        command.addAll(List.of(
                Tool.named("curl"), "--silent", "--max-time", "3", "tftp://" + host + ":" + PORT + "/boot.img"));
        Run.Result outcome = Peers.run(local, command);
        assertThat(outcome.exit()).as(outcome.toString()).isEqualTo(28); // timeout
        assertThat(outcome.printed()).isEmpty();
    }
}
