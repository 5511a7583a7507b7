package dev.lockstep.tftp.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The networks of 200 clients and of three replicas, with a router between them that spreads the requests to the service
 * address over the replicas. Needs root.
 *
 * <pre>
 *   clients 10.77.1.1 to .200 ──── 10.77.1.254 router 10.77.2.254 ─┬─ 10.77.2.1 replica 1
 *                                              10.77.3.69          ├─ 10.77.2.2 replica 2
 *                                                                  └─ 10.77.2.3 replica 3
 * </pre>
 */
public final class ReplicatedNetwork implements AutoCloseable {
    public static final int REPLICAS = 3;
    public static final int CLIENTS = 200;
    /** The start of the addresses of the clients, which continues with 1 to {@link #CLIENTS}. */
    public static final String CLIENT_PREFIX = "10.77.1.";
    /** The address that the clients send their requests to. */
    public static final String SERVICE = "10.77.3.69";

    private static final String ROUTER = "10.77.2.254";
    private static final String REPLICA_PREFIX = "10.77.2.";
    private static final int ORIGIN_PORT = 8080;
    private static final String NAME = "replicas.example";

    private static final String SET_UP = """
            for end in c r 1 2 3; do ip netns add $NET-$end; ip -n $NET-$end link set lo up; done
            ip -n $NET-r link add toc type veth peer name tor netns $NET-c
            ip -n $NET-r addr add 10.77.1.254/24 dev toc
            ip -n $NET-r link set toc up
            for i in $(seq 200); do echo addr add 10.77.1.$i/24 dev tor; done | ip -n $NET-c -batch -
            ip -n $NET-c link set tor up
            ip -n $NET-c route add default via 10.77.1.254
            ip -n $NET-r link add tos type bridge
            ip -n $NET-r addr add 10.77.2.254/24 dev tos
            ip -n $NET-r link set tos up
            for i in 1 2 3; do
                ip -n $NET-r link add tos$i type veth peer name tor netns $NET-$i
                ip -n $NET-r link set tos$i master tos up
                ip -n $NET-$i addr add 10.77.2.$i/24 dev tor
                ip -n $NET-$i addr add 10.77.3.69/32 dev lo
                ip -n $NET-$i link set tor up
                ip -n $NET-$i route add default via 10.77.2.254
            done
            for try in $(seq 100); do ip -n $NET-r -o link show dev tos | grep -q 'state UP' && break; sleep 0.1; done
            for i in 1 2 3; do ip -n $NET-r nexthop add id $i via 10.77.2.$i dev tos; done
            ip netns exec $NET-r sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
            """;
    private static final String TEAR_DOWN = "for end in c r 1 2 3; do ip netns del $NET-$end; done";

    /** The rules of the router, in the syntax of {@code nft -f}; each call replaces those before. */
    private static final String TRANSLATION = """
            table ip nat {}
            delete table ip nat
            table ip nat {
                chain in {
                    type nat hook prerouting priority dstnat;
                    ip daddr 10.77.3.69 meta l4proto udp dnat to jhash %s mod %d seed 0x69 map { %s }
                }
            }
            """;

    /** A resilient group of next hops: a bucket with a flow keeps its next hop until it is idle for a second. */
    private static final String NEXT_HOPS = """
            echo $POLICY | ip netns exec $NET-r tee /proc/sys/net/ipv4/fib_multipath_hash_policy
            ip -n $NET-r nexthop replace id 100 group $GROUP type resilient buckets 128 idle_timer 1
            ip -n $NET-r route replace 10.77.3.69/32 nhid 100
            """;

    /** Starts no session with the replicas that the name server no longer names. */
    private static final String PROXY = """
            stream {
                resolver 127.0.0.1:5353 valid=1s ipv6=off;
                map "" $replicas { default replicas.example; }
                server {
                    listen 10.77.3.69:69 udp;
                    proxy_pass $replicas:69;
                    proxy_timeout 10s;
                }
            }
            """;

    /** A way to spread requests over replicas. */
    public enum Spreading {
        /** Equal-cost routes, chosen by a hash of the addresses. */
        ECMP_BY_ADDRESSES,
        /** Equal-cost routes, chosen by a hash of the addresses and the ports. */
        ECMP_BY_PORTS,
        /** Translation of the destination, chosen by a hash of the client's address. */
        DNAT_BY_ADDRESS,
        /** Translation of the destination, chosen by a hash of the client's address and port. */
        DNAT_BY_PORT,
        /** A proxy, which has a session with a replica for each address and port of a client. */
        PROXY
    }

    /** The part that a replica takes. */
    private enum Share {
        FULL(255),
        /** Running flows stay, others move away. */
        DRAINING(1);

        private final int weight;

        Share(int weight) {
            this.weight = weight;
        }
    }

    private final String name = "rep" + ProcessHandle.current().pid() % 100_000;
    private final Path folder;
    private final Spreading spreading;
    private final Map<Integer, Share> shares = new TreeMap<>();
    private Nginx nginx;
    private Run names;

    /**
     * Creates the networks and an origin in the router.
     *
     * @param folder an empty folder
     */
    public ReplicatedNetwork(Path folder, Spreading spreading) {
        NetworkNamespace.needed("nft", "curl", "dnsmasq");
        this.folder = folder;
        this.spreading = spreading;
        for (int i = 1; i <= REPLICAS; i++) {
            shares.put(i, Share.FULL);
        }
        try {
            run(SET_UP, Map.of());
            boolean proxied = spreading == Spreading.PROXY;
            if (proxied) {
                run("ip -n $NET-r addr add 10.77.3.69/32 dev lo", Map.of());
                startNames();
            }
            nginx = new Nginx(folder, at("r"), ROUTER, ORIGIN_PORT, proxied ? PROXY : "", "expires 1h;");
            spread();
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private void run(String script, Map<String, String> more) {
        Map<String, String> environment = new TreeMap<>(more);
        environment.put("NET", name);
        Run.Result result = RoutedNetwork.shell(script, environment);
        assertThat(result.exit()).as(result.toString()).isZero();
    }

    private List<String> at(String end) {
        return List.of("ip", "netns", "exec", name + "-" + end);
    }

    /** Returns the command prefix that runs a command at the clients. */
    public List<String> atClients() {
        return at("c");
    }

    /** Returns the command prefix that runs a command at a replica, from 1. */
    public List<String> atReplica(int number) {
        return at(Integer.toString(number));
    }

    /** Returns the origin of all replicas. */
    public Nginx origin() {
        return nginx;
    }

    /** Sends no new flow to a replica. Its running flows stay. */
    public void drain(int number) {
        shares.put(number, Share.DRAINING);
        spread();
    }

    /** Sends nothing to a replica any more, except what a translation or a proxy keeps for a running flow. */
    public void remove(int number) {
        shares.remove(number);
        spread();
    }

    private List<String> addresses() {
        return shares.keySet().stream()
                .filter(number -> shares.get(number) == Share.FULL)
                .map(number -> REPLICA_PREFIX + number)
                .toList();
    }

    private void spread() {
        switch (spreading) {
            case ECMP_BY_ADDRESSES -> setNextHops("0");
            case ECMP_BY_PORTS -> setNextHops("1");
            case DNAT_BY_ADDRESS -> translate("ip saddr");
            case DNAT_BY_PORT -> translate("ip saddr . udp sport");
            default -> nameReplicas(); // of the proxy
        }
    }

    private void setNextHops(String policy) {
        String group = shares.entrySet().stream()
                .map(share -> share.getKey() + "," + share.getValue().weight)
                .collect(Collectors.joining("/"));
        run(NEXT_HOPS, Map.of("POLICY", policy, "GROUP", group));
    }

    private void translate(String hashed) {
        List<String> to = addresses();
        StringBuilder map = new StringBuilder();
        for (int i = 0; i < to.size(); i++) {
            map.append(i == 0 ? "" : ", ").append(i).append(" : ").append(to.get(i));
        }
        String rules = TRANSLATION.formatted(hashed, to.size(), map);
        run("printf '%s' \"$RULES\" | ip netns exec $NET-r nft -f -", Map.of("RULES", rules));
    }

    private void startNames() {
        writeNames();
        List<String> command = new java.util.ArrayList<>(at("r"));
        command.addAll(List.of(
                "dnsmasq",
                "--no-daemon",
                "--conf-file=/dev/null",
                "--user=root",
                "--no-resolv",
                "--no-hosts",
                "--addn-hosts=" + hosts(),
                "--listen-address=127.0.0.1",
                "--bind-interfaces",
                "--port=5353"));
        names = Run.start(folder, Map.of(), command);
        names.awaitLine("read .*/hosts");
    }

    private Path hosts() {
        return folder.resolve("hosts");
    }

    private void nameReplicas() {
        writeNames();
        Run.run("kill", "-HUP", Long.toString(names.pid()));
    }

    private void writeNames() {
        try {
            Files.writeString(
                    hosts(),
                    addresses().stream()
                            .map(address -> address + " " + NAME + "\n")
                            .collect(Collectors.joining()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (nginx != null) {
            nginx.close();
        }
        if (names != null) {
            names.close();
        }
        RoutedNetwork.shell(TEAR_DOWN, Map.of("NET", name));
    }
}
