package dev.lockstep.tftp.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.FigureLog;
import dev.lockstep.tftp.relay.Relay;
import dev.lockstep.tftp.testing.impairment.NetworkImpairment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Reports the times of our client and daemon with other implementations over bad networks. A foreign program that times
 * out or stores wrong bytes is reported, and does not fail the test.
 */
@Tag("soak")
@DisplayNameGeneration(ReplaceUnderscores.class)
class BadNetworkPeersIT {
    private static final Duration LIMIT = Duration.ofSeconds(300);
    private static final int CLASSIC_SIZE = 20_000;
    private static final int SEEDS = 5;

    @TempDir
    Path served;

    @TempDir
    Path local;

    private final ExecutorService runners = Executors.newCachedThreadPool();

    private record Trip(ServerKind server, ClientKind client, boolean get, long seed) {
        @Override
        public String toString() {
            return client + (get ? " gets from " : " puts to ") + server + ", seed " + seed;
        }
    }

    @Test
    void the_classic_bad_network_between_our_programs_and_others() {
        List<CompletableFuture<String>> all = new ArrayList<>();
        try (Server ours = ServerKind.LOCKSTEP.start(served);
                Server hpa = ServerKind.TFTPD_HPA.start(served);
                Server atftpd = ServerKind.ATFTPD.start(served)) {
            Content.write(served.resolve("file"), CLASSIC_SIZE);
            for (long seed = 1; seed <= SEEDS; seed++) {
                for (boolean get : new boolean[] {true, false}) {
                    for (ClientKind client : List.of(ClientKind.TFTP_HPA, ClientKind.ATFTP, ClientKind.CURL)) {
                        all.add(start(ours, new Trip(ServerKind.LOCKSTEP, client, get, seed)));
                    }
                    all.add(start(hpa, new Trip(ServerKind.TFTPD_HPA, ClientKind.LOCKSTEP, get, seed)));
                    all.add(start(atftpd, new Trip(ServerKind.ATFTPD, ClientKind.LOCKSTEP, get, seed)));
                }
            }
            all.stream().map(CompletableFuture::join).sorted().forEach(System.out::println);
            assertThat(ours.run().isAlive()).isTrue();
        }
    }

    /** Uses no options: with them curl requests a timeout of 6 s, which then applies to both ends. */
    @Test
    void curl_transfers_a_mebibyte_in_lock_step_over_a_fast_network_that_drops_a_fifth() {
        try (Server ours = ServerKind.LOCKSTEP.start(served)) {
            Content.write(served.resolve("file"), 1 << 20);
            Trip trip = new Trip(ServerKind.LOCKSTEP, ClientKind.CURL, true, 1);
            System.out.println(run(ours, trip, NetworkImpairment.CLEAR.withLoss(0.2), "--tftp-no-options"));
            assertThat(ours.run().isAlive()).isTrue();
        }
    }

    private CompletableFuture<String> start(Server server, Trip trip) {
        return CompletableFuture.supplyAsync(() -> run(server, trip, NetworkImpairment.CLASSIC), runners);
    }

    private String run(Server server, Trip trip, NetworkImpairment impairment, String... flags) {
        try (Relay relay = Relay.to(server.address())
                .impairment(impairment)
                .seed(trip.seed)
                .start()) {
            Server through =
                    new Server(server.run(), server.host(), relay.address().getPort(), served);
            String name = trip.client + "-" + trip.server + "-" + trip.seed;
            Path from = trip.get ? served.resolve("file") : Content.write(local.resolve("from-" + name), CLASSIC_SIZE);
            // other servers only replace existing files that everyone may write
            Path to = trip.get ? local.resolve("to-" + name) : Content.write(served.resolve(name), new byte[1]);
            Job job = trip.get ? Job.of("file", to) : Job.of(name, from);
            List<String> command = new ArrayList<>(
                    trip.get ? trip.client.getCommand(through, job) : trip.client.putCommand(through, job));
            command.addAll(List.of(flags));
            long begin = System.nanoTime();
            String end = end(command);
            double seconds = (System.nanoTime() - begin) / 1e9;
            boolean whole = to.toFile().exists() && Content.sha256(to).equals(Content.sha256(from));
            if (flags.length == 0) {
                FigureLog.record(
                        "trip",
                        trip.client,
                        trip.server,
                        trip.get ? "gets from" : "puts to",
                        trip.seed,
                        seconds,
                        whole ? "whole" : end);
            }
            return String.format(
                    Locale.ROOT, "%-45s %6.1f s, %s, %s", trip, seconds, end, whole ? "whole" : "NOT WHOLE");
        }
    }

    private String end(List<String> command) {
        try {
            return "exit " + Peers.run(local, command, LIMIT).exit();
        } catch (AssertionError tooLong) {
            return "not ended after " + LIMIT.toSeconds() + " s";
        }
    }
}
