package dev.lockstep.tftp.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The network of a client and that of a server, with a router between them that applies rules of nftables. Needs root.
 *
 * <pre>
 *   client 10.77.1.2 ──── 10.77.1.1 router 10.77.2.1 ──── 10.77.2.2 server
 * </pre>
 */
public final class RoutedNetwork implements AutoCloseable {
    public static final String CLIENT = "10.77.1.2";
    public static final String ROUTER_AT_CLIENT = "10.77.1.1";
    public static final String ROUTER_AT_SERVER = "10.77.2.1";
    public static final String SERVER = "10.77.2.2";

    private static final String SET_UP = """
            ip netns add $NET-c
            ip netns add $NET-r
            ip netns add $NET-s
            ip -n $NET-r link add toc type veth peer name tor netns $NET-c
            ip -n $NET-r link add tos type veth peer name tor netns $NET-s
            ip -n $NET-c addr add 10.77.1.2/24 dev tor
            ip -n $NET-r addr add 10.77.1.1/24 dev toc
            ip -n $NET-r addr add 10.77.2.1/24 dev tos
            ip -n $NET-s addr add 10.77.2.2/24 dev tor
            for end in c:lo c:tor r:lo r:toc r:tos s:lo s:tor; do ip -n $NET-${end%%:*} link set ${end#*:} up; done
            ip -n $NET-c route add default via 10.77.1.1
            ip -n $NET-s route add default via 10.77.2.1
            ip netns exec $NET-r sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
            printf '%s' "$RULES" | ip netns exec $NET-r nft -f -
            """;
    private static final String TEAR_DOWN = "for end in c r s; do ip netns del $NET-$end; done";

    private final String name = "nat" + ProcessHandle.current().pid() % 100_000;

    /**
     * Creates the networks. The router applies these rules, in the syntax of {@code nft -f}; its interfaces are toc and
     * tos.
     */
    public RoutedNetwork(String rules) {
        NetworkNamespace.needed("nft");
        Run.Result result = shell(SET_UP, Map.of("NET", name, "RULES", rules));
        if (result.exit() != 0) {
            close();
        }
        assertThat(result.exit()).as(result.toString()).isZero();
    }

    /** Returns the command prefix that runs a command at the client. */
    public List<String> atClient() {
        return List.of("ip", "netns", "exec", name + "-c");
    }

    /** Returns the command prefix that runs a command at the server. */
    public List<String> atServer() {
        return List.of("ip", "netns", "exec", name + "-s");
    }

    static Run.Result shell(String script, Map<String, String> environment) {
        try (Run run = Run.start(Path.of("/"), environment, List.of("sh", "-ec", script))) {
            return run.await();
        }
    }

    @Override
    public void close() {
        shell(TEAR_DOWN, Map.of("NET", name));
    }
}
