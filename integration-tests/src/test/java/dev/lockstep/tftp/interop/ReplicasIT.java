package dev.lockstep.tftp.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Daemon;
import dev.lockstep.tftp.harness.ReplicatedNetwork;
import dev.lockstep.tftp.harness.ReplicatedNetwork.Spreading;
import dev.lockstep.tftp.harness.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Three replicas behind a router, in network namespaces, with one origin. The first replica drains, the second is
 * killed, and the test changes the router as a health checker would. docs/replicas.md has the results.
 */
@Timeout(600)
class ReplicasIT {
    private static final List<String> FILES = List.of("one.img", "two.img", "three.img");
    private static final String WARM_UP = "warm-up";
    private static final int SIZE = 128 << 10;
    private static final int ATTEMPTS = 3;
    private static final Duration LIMIT = Duration.ofMinutes(4);

    /** A line of {@link ManyClients}: the time of the start, the client, the file, the attempt, and the result. */
    private static final Pattern ENDED = Pattern.compile("(?m)^(\\d+) (\\S+) (\\S+) (\\d+) (.*)$");

    /** The lines of the daemon about the begin and the end of a transfer. */
    private static final Pattern ASKED = Pattern.compile(" (10[.\\d]+:\\d+) read \\S+ asks");

    private static final Pattern SERVED = Pattern.compile(" (10[.\\d]+:\\d+) read \\S+ \\d+ bytes in ");

    @TempDir
    private Path folder;

    private ReplicatedNetwork network;
    private final Map<String, String> contents = new TreeMap<>();
    private final Map<Integer, Daemon> replicas = new TreeMap<>();
    private final List<Daemon> started = new ArrayList<>();

    /** An attempt of a client to get a file. */
    private record Ended(long startedAt, String client, String file, int attempt, String result) {
        boolean isLastAttempt() {
            return attempt == ATTEMPTS;
        }
    }

    /** Writes the configuration of the replicas. */
    private Path configure(int drainDelay) throws IOException {
        return Files.writeString(folder.resolve("tftpd.toml"), """
                replica = true
                drain-delay = %d
                http = "127.0.0.1:9169"
                verbose = true

                # makes the transfers of small files last
                [[rule]]
                rate-per-transfer = "256K"
                """.formatted(drainDelay));
    }

    @AfterEach
    void close() {
        try {
            replicas.values().forEach(Daemon::interrupt);
            replicas.values().forEach(Daemon::close);
        } finally {
            started.forEach(Daemon::kill);
            if (network != null) {
                network.close();
            }
        }
    }

    private void connect(Spreading spreading) throws IOException {
        network = new ReplicatedNetwork(Files.createDirectory(folder.resolve(spreading.name())), spreading);
        for (String file : FILES) {
            Path path = Content.write(network.origin().files().resolve(file), SIZE + file.length());
            contents.put(file, Content.summary(path));
        }
        Content.write(network.origin().files().resolve(WARM_UP), SIZE);
    }

    private void startReplicas(String mode, int drainDelay) throws IOException {
        Path configuration = configure(drainDelay);
        List<CompletableFuture<Daemon>> starting = new ArrayList<>();
        for (int i = 1; i <= ReplicatedNetwork.REPLICAS; i++) {
            List<String> starter = network.atReplica(i);
            List<String> flags = new ArrayList<>(List.of("--config", configuration.toString()));
            flags.addAll(List.of("--root", network.origin().uri(), "--cache-dir", folder.resolve("cache" + i) + ""));
            flags.addAll(List.of("--drain", "120", "--listen", "0.0.0.0:69"));
            flags.addAll(mode.isEmpty() ? List.of() : List.of(mode.split(" ")));
            int number = i;
            starting.add(CompletableFuture.supplyAsync(() -> {
                Daemon daemon = Daemon.listeningIn(starter, folder, flags.toArray(String[]::new));
                warmUp(number);
                return daemon;
            }));
        }
        for (int i = 1; i <= ReplicatedNetwork.REPLICAS; i++) {
            replicas.put(i, starting.get(i - 1).join());
        }
        started.addAll(replicas.values());
    }

    private Run clients(int transfers, int perSecond, int maxResends, int attempts) {
        List<String> command = new ArrayList<>(network.atClients());
        command.addAll(
                List.of(System.getProperty("java.home") + "/bin/java", "-Xshare:auto", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), ManyClients.class.getName()));
        command.addAll(List.of(ReplicatedNetwork.SERVICE, "69"));
        command.addAll(List.of(ReplicatedNetwork.CLIENT_PREFIX, Integer.toString(ReplicatedNetwork.CLIENTS)));
        for (int number : new int[] {transfers, perSecond, maxResends, attempts}) {
            command.add(Integer.toString(number));
        }
        command.add(String.join(",", FILES));
        command.add(more().toString());
        return Run.start(folder, Map.of(), command);
    }

    /** Returns the file whose existence keeps the clients from ending. */
    private Path more() {
        return folder.resolve("more");
    }

    private static List<Ended> ended(String output) {
        return ENDED.matcher(output)
                .results()
                .map(line -> new Ended(
                        Long.parseLong(line.group(1)),
                        line.group(2),
                        line.group(3),
                        Integer.parseInt(line.group(4)),
                        line.group(5)))
                .toList();
    }

    private boolean isComplete(Ended transfer) {
        return transfer.result.equals(contents.get(transfer.file));
    }

    private static Set<String> peers(Pattern lines, Daemon replica) {
        return lines.matcher(replica.printed())
                .results()
                .map(line -> line.group(1))
                .collect(Collectors.toSet());
    }

    /** Returns the peers of the running transfers. */
    private static Set<String> running(Daemon replica) {
        Set<String> running = peers(ASKED, replica);
        running.removeAll(peers(SERVED, replica));
        return running;
    }

    /** Runs a shell script at a replica. */
    private Run.Result shell(int number, String script) {
        List<String> command = new ArrayList<>(network.atReplica(number));
        command.addAll(List.of("sh", "-c", script));
        try (Run run = Run.start(folder, Map.of(), command)) {
            return run.await(LIMIT);
        }
    }

    /** Waits until a replica is not ready, as a health checker does. */
    private void awaitNotReady(int number) {
        String check = "while curl -fsS -o /dev/null http://127.0.0.1:9169/readyz; do sleep 0.2; done";
        assertThat(shell(number, check).stderr()).contains("503");
    }

    /** Waits until a replica does not respond. */
    private void awaitEnd(int number) {
        String check =
                "until curl -sS http://127.0.0.1:9169/readyz 2>&1 | grep 'Failed to connect'; do sleep 0.2; done";
        shell(number, check).assertExit(0);
    }

    /** Gets a file that is not counted: the first fetch of a virtual machine may take longer than the origin is given. */
    private void warmUp(int number) {
        String get = "until curl -s -o /dev/null tftp://127.0.0.1/" + WARM_UP + "; do sleep 0.2; done";
        shell(number, get).assertExit(0);
    }

    @ParameterizedTest
    @Tag("soak")
    @CsvSource({
        "ECMP_BY_ADDRESSES, ''",
        "ECMP_BY_ADDRESSES, --port-range 7000-7999",
        "ECMP_BY_ADDRESSES, --single-port",
        "ECMP_BY_PORTS, --single-port",
        "DNAT_BY_ADDRESS, --single-port",
        "DNAT_BY_PORT, --single-port",
        "PROXY, --single-port"
    })
    void one_of_three_replicas_drains_without_a_failure_and_one_dies_with_its_transfers(
            Spreading spreading, String mode) throws Exception {
        drainAndKill(spreading, mode, 2_000, 60, 6);
    }

    @Test
    void one_of_three_replicas_drains_without_a_failure_and_one_dies_with_its_transfers() throws Exception {
        drainAndKill(Spreading.ECMP_BY_ADDRESSES, "", 150, 40, 1);
    }

    private void drainAndKill(Spreading spreading, String mode, int transfers, int perSecond, int drainDelay)
            throws Exception {
        connect(spreading);
        startReplicas(mode, drainDelay);
        Daemon drained = replicas.remove(1);
        Daemon killed = replicas.remove(2);
        Daemon last = replicas.get(3);
        Files.createFile(more());
        try (Run clients = clients(transfers, perSecond, 8, ATTEMPTS)) {
            await(clients, transfers / 5);
            drained.interrupt();
            awaitNotReady(1);
            network.drain(1);
            awaitEnd(1);
            network.remove(1);
            drained.close();
            await(clients, transfers * 3 / 5);
            while (running(killed).isEmpty()) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
            long killedAt = System.currentTimeMillis();
            killed.kill();
            awaitEnd(2);
            network.remove(2);
            Files.delete(more());
            Run.Result result = clients.await(LIMIT).assertExit(0);

            List<Ended> all = ended(result.output());
            List<Ended> failed =
                    all.stream().filter(transfer -> !isComplete(transfer)).toList();
            Set<String> lost = running(killed);
            report(spreading, mode, all, drained, killed, last, failed, lost);
            assertThat(all.stream().filter(transfer -> transfer.isLastAttempt() && !isComplete(transfer)))
                    .as("not complete in the end")
                    .isEmpty();
            assertThat(failed).isNotEmpty();
            if (spreading == Spreading.PROXY) { // the replicas see the address of the proxy
                assertThat(failed.stream().filter(transfer -> transfer.startedAt < killedAt - 200))
                        .hasSizeLessThanOrEqualTo(lost.size())
                        .noneMatch(transfer -> transfer.result.contains("after block -1"));
            } else {
                assertThat(failed)
                        .allMatch(transfer -> lost.contains(transfer.client) || transfer.startedAt >= killedAt - 200)
                        .noneMatch(transfer -> peers(ASKED, drained).contains(transfer.client))
                        .noneMatch(transfer -> peers(ASKED, last).contains(transfer.client));
            }
            for (Daemon replica : List.of(drained, killed, last)) {
                assertThat(peers(SERVED, replica)).as("served by each replica").hasSizeGreaterThan(transfers / 20);
            }
            List<String> expected = FILES.stream()
                    .flatMap(file ->
                            Stream.generate(() -> "GET /" + file + " 200 \"-\"").limit(ReplicatedNetwork.REPLICAS))
                    .toList();
            assertThat(network.origin().requests().stream()
                            .filter(request -> request.contains(".img"))
                            .toList())
                    .containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    private static void await(Run clients, int transfers) {
        assertThat(clients.awaitOutput(text -> text.lines().count() >= transfers, LIMIT))
                .as(clients.printed())
                .isTrue();
    }

    private static void report(
            Spreading spreading,
            String mode,
            List<Ended> all,
            Daemon drained,
            Daemon killed,
            Daemon last,
            List<Ended> failed,
            Set<String> lost) {
        System.out.println(spreading + " " + mode + ": " + (all.size() - failed.size())
                + " complete, served by the drained replica "
                + peers(SERVED, drained).size() + ", by the killed one "
                + peers(SERVED, killed).size() + " with " + lost.size() + " running, by the last "
                + peers(SERVED, last).size() + "; failed attempts " + failed.size() + " "
                + failed.stream()
                        .collect(Collectors.groupingBy(
                                transfer -> transfer.result.replaceAll("block \\d+", "a block"),
                                TreeMap::new,
                                Collectors.counting())));
    }

    @ParameterizedTest
    @Tag("soak")
    @CsvSource({
        "ECMP_BY_PORTS, ''",
        "ECMP_BY_PORTS, --port-range 7000-7999",
        "DNAT_BY_ADDRESS, ''",
        "DNAT_BY_ADDRESS, --port-range 7000-7999",
        "DNAT_BY_PORT, ''",
        "DNAT_BY_PORT, --port-range 7000-7999",
        "PROXY, ''",
        "PROXY, --port-range 7000-7999"
    })
    void other_port_modes_fail_where_a_flow_has_its_ports(Spreading spreading, String mode) throws Exception {
        connect(spreading);
        startReplicas(mode, 0);
        try (Run clients = clients(90, 90, 2, 1)) {
            List<Ended> all = ended(clients.await(LIMIT).assertExit(0).output());
            long complete = all.stream().filter(this::isComplete).count();
            System.out.println(spreading + " " + mode + ": " + complete + " of " + all.size() + " complete");
            assertThat(all).hasSize(90);
            if (spreading == Spreading.ECMP_BY_PORTS) { // the packets of a third reach the right replica by chance
                assertThat(complete).isBetween(5L, 60L);
            } else {
                assertThat(complete).isZero();
            }
            replicas.clear(); // their transfers wait for clients that have given up
        }
    }
}
