package dev.lockstep.tftp.resilience;

import static dev.lockstep.tftp.harness.Bytes.pattern;
import static dev.lockstep.tftp.harness.Bytes.rrq;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.client.RemoteFile;
import dev.lockstep.tftp.client.TftpClient;
import dev.lockstep.tftp.client.TransferRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.harness.Daemon;
import dev.lockstep.tftp.harness.FigureLog;
import dev.lockstep.tftp.relay.Relay;
import dev.lockstep.tftp.testing.impairment.NetworkImpairment;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests a flood of spoofed requests for a file too long for the cache, during the transfer of a real client. */
@Timeout(300)
@DisplayNameGeneration(ReplaceUnderscores.class)
class FloodIT {
    private static final String REAL = "real";
    private static final String ASKED_FOR = "asked-for";
    /** Requests that differ, so that none is a duplicate of another. */
    private static final List<byte[]> REQUESTS = IntStream.range(0, 4)
            .mapToObj(n -> rrq(ASKED_FOR, "blksize", "" + (1428 - n), "tsize", "0"))
            .toList();

    private static final int WARM_UP = 5;
    private static final int UNKNOWN_CLIENTS = 9;
    /** The most requests of a client: the first one is dropped, and a busy machine may lose one. */
    private static final int MOST_ASKED = 3;

    /** Delays datagrams, since on the bare loopback the processor, shared with the sender of the flood, limits a transfer. */
    private static final NetworkImpairment NEAR =
            NetworkImpairment.CLEAR.withDelay(Duration.ofMillis(1), Duration.ZERO);

    /** Leak detection as by default: other tests detect leaks, and here it would take most of the time. */
    private static final Map<String, String> QUICK = Map.of("JAVA_OPTS", "-Dio.netty.leakDetection.level=simple");

    @TempDir
    private Path root;

    /** The seconds of the same transfer before, during and after the flood. */
    private record Times(double before, double during, double after) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%.2f s before, %.2f s during, %.2f s after it", before, during, after);
        }
    }

    @Test
    void a_client_is_served_during_a_flood_and_no_resources_leak() throws Exception {
        flood(5_000, 256 << 10);
    }

    @Test
    @Tag("soak")
    void two_hundred_thousand_requests_from_fifty_thousand_addresses_do_not_halve_a_clients_rate() throws Exception {
        Times times = flood(50_000, 2 << 20);
        assertThat(times.during).as(times.toString()).isLessThan(2 * times.before);
    }

    @Test
    void unknown_clients_are_served_during_a_flood() throws Exception {
        byte[] content = pattern(64 << 10);
        Files.write(root.resolve(REAL), content);
        Files.write(root.resolve(ASKED_FOR), pattern(100_000));
        try (Daemon daemon = Daemon.servingWith(QUICK, root, "--give-up", "5")) {
            Flood warmUp = new Flood(daemon.address(), REQUESTS, 5_000, 10_000, 1);
            warmUp.start().seconds().join();
            AtomicBoolean served = new AtomicBoolean();
            Flood.Running flood =
                    new Flood(daemon.address(), REQUESTS, 12_500, 5_000, 2).startWithinCapacity(() -> !served.get());
            flood.underWay().await();
            List<Integer> asked = new ArrayList<>();
            try {
                for (int n = 1; n <= UNKNOWN_CLIENTS; n++) {
                    try (UnknownClient client = new UnknownClient("127.255." + n + ".1")) {
                        assertThat(client.get(daemon.address(), REAL)).isEqualTo(content);
                        asked.add(client.asked());
                    }
                }
            } finally {
                served.set(true);
            }
            FigureLog.record(
                    "unknown", 5_000, asked.stream().map(String::valueOf).collect(Collectors.joining(",")));
            System.out.printf(Locale.ROOT, "5,000 requests a second; unknown clients sent %s requests%n", asked);
            asked.sort(null);
            assertThat(asked.get(UNKNOWN_CLIENTS / 2))
                    .as("median of the requests")
                    .isLessThanOrEqualTo(MOST_ASKED);
            flood.seconds().join();
        }
    }

    private Times flood(int addresses, int size) throws IOException, InterruptedException {
        byte[] content = pattern(size);
        Files.write(root.resolve(REAL), content);
        Files.write(root.resolve(ASKED_FOR), pattern(100_000));
        try (Daemon daemon = Daemon.servingWith(QUICK, root, "--give-up", "5");
                Relay network = Relay.to(daemon.address()).impairment(NEAR).start();
                TftpClient client =
                        TftpClient.builder().windowsize(1).eventLoops(1).build()) {
            InetSocketAddress entry = network.address();
            double before = DoubleStream.generate(() -> get(client, entry, content))
                    .limit(WARM_UP)
                    .sorted()
                    .toArray()[WARM_UP / 2];
            long descriptors = Footprint.descriptors(daemon.pid());
            Flood flood = new Flood(daemon.address(), REQUESTS, addresses, 25_000, 1);
            flood.start().seconds().join(); // so that one-time allocations are done
            Footprint quiet = Footprint.quiet(daemon.pid(), descriptors);
            Flood.Running running = flood.start();
            running.underWay().await();
            double during = get(client, entry, content);
            double seconds = running.seconds().join();
            Times times = new Times(before, during, get(client, entry, content));
            Footprint end = Footprint.quiet(daemon.pid(), descriptors);
            String format =
                    "%,d requests from %,d addresses in %.1f s; a get of %,d bytes: %s%nbefore: %s%nafter: %s%n";
            FigureLog.record("flood", flood.size(), addresses, seconds, size, times.before, times.during, times.after);
            FigureLog.record("footprint", "before", flood.size(), quiet.fields());
            FigureLog.record("footprint", "after", flood.size(), end.fields());
            System.out.printf(Locale.ROOT, format, flood.size(), addresses, seconds, size, times, quiet, end);
            end.assertAsBefore(quiet);
            return times;
        }
    }

    private static double get(TftpClient client, InetSocketAddress entry, byte[] content) {
        ComparingSink sink = new ComparingSink(content);
        long begin = System.nanoTime();
        client.getAsync(
                        TransferRequest.of(
                                new RemoteFile(entry.getHostString(), entry.getPort(), REAL, TransferMode.OCTET)),
                        sink)
                .join();
        double seconds = (System.nanoTime() - begin) / 1e9;
        assertThat(sink.isWhole()).as("the whole file").isTrue();
        return seconds;
    }
}
