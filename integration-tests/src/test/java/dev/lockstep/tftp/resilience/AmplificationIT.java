package dev.lockstep.tftp.resilience;

import static dev.lockstep.tftp.harness.Bytes.ack;
import static dev.lockstep.tftp.harness.Bytes.block;
import static dev.lockstep.tftp.harness.Bytes.data;
import static dev.lockstep.tftp.harness.Bytes.pattern;
import static dev.lockstep.tftp.harness.Bytes.rrq;
import static dev.lockstep.tftp.harness.Bytes.wrq;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Daemon;
import dev.lockstep.tftp.harness.Datagram;
import dev.lockstep.tftp.harness.RawSocketPeer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Measures the amplification by a spoofed source address: the bytes sent to that address, with IP and UDP headers,
 * relative to the bytes of the spoofed requests.
 */
@Timeout(120)
@DisplayNameGeneration(ReplaceUnderscores.class)
class AmplificationIT {
    private static final int HEADERS = 28;
    /** Timeouts so short that all retransmissions happen before the idle timeout of the server. */
    private static final String[] SOON = {"--timeout", "0.2", "--give-up", "1.5", "--writable"};

    private static final Duration LONGER_THAN_GIVE_UP = Duration.ofSeconds(2);
    private static final int BURST_SECONDS = 16;
    private static final int REQUESTS = 200;
    private static final byte[] CONTENT = pattern(100_000);

    @TempDir
    private Path root;

    private List<String> flagsWith(String... more) {
        List<String> flags = new ArrayList<>(List.of(SOON));
        flags.addAll(List.of(more));
        return flags;
    }

    private Daemon daemon(String... more) throws IOException {
        Files.write(root.resolve("f"), CONTENT);
        return Daemon.serving(root, flagsWith(more).toArray(String[]::new));
    }

    private static long bytes(List<Datagram> datagrams) {
        return datagrams.stream()
                .mapToLong(each -> HEADERS + each.bytes().length)
                .sum();
    }

    /** Returns all datagrams that arrive until the idle timeout of the server has expired. */
    private static List<Datagram> drain(RawSocketPeer victim, Duration timeout) {
        List<Datagram> all = new ArrayList<>();
        Optional<Datagram> next = victim.poll(timeout);
        while (next.isPresent()) {
            all.add(next.orElseThrow());
            next = victim.poll(LONGER_THAN_GIVE_UP);
        }
        return all;
    }

    private static List<Datagram> provoke(Daemon daemon, byte[] request, int messages, double factor) {
        try (RawSocketPeer victim = new RawSocketPeer("127.66.1.1")) {
            victim.ask(daemon.address(), request);
            List<Datagram> came = drain(victim, RawSocketPeer.REPLY_TIMEOUT);
            double measured = (double) bytes(came) / (HEADERS + request.length);
            System.out.printf(
                    Locale.ROOT, "%s: %d datagrams, %.1f times the bytes%n", came.get(0), came.size(), measured);
            assertThat(came.stream().map(Datagram::opcode).filter(code -> code != Datagram.ERROR))
                    .hasSize(messages);
            assertThat(measured).isLessThan(factor);
            return came;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--single-port"})
    void an_oack_without_a_reply_is_retransmitted_three_times(String mode) throws IOException {
        try (Daemon daemon = mode.isEmpty() ? daemon() : daemon(mode)) {
            provoke(daemon, rrq("f", "blksize", "1428", "windowsize", "64"), 4, 5);
            provoke(daemon, rrq("f", "tsize", "0"), 4, 5);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--single-port"})
    void a_block_without_a_reply_is_retransmitted_twice(String mode) throws IOException {
        try (Daemon daemon = mode.isEmpty() ? daemon() : daemon(mode)) {
            provoke(daemon, rrq("f"), 3, 45);
        }
    }

    @Test
    void an_ack_0_without_a_reply_and_a_refusal_stay_within_the_amplification_limit() throws IOException {
        try (Daemon daemon = daemon()) {
            provoke(daemon, wrq("new"), 4, 5);
            provoke(daemon, rrq("nothing here"), 0, 1.2);
        }
    }

    @Test
    void of_too_many_unvalidated_requests_the_oldest_is_evicted() throws IOException {
        try (Daemon daemon = daemon("--unanswered-requests", "2");
                RawSocketPeer oldest = new RawSocketPeer();
                RawSocketPeer second = new RawSocketPeer();
                RawSocketPeer third = new RawSocketPeer()) {
            daemon.awaitLine(
                    "the warning", line -> line.contains("WARN  --unanswered-requests will be removed (expected: "));
            assertThat(daemon.fetch("f")).isEqualTo(CONTENT); // a validated address
            for (RawSocketPeer client : List.of(oldest, second, third)) {
                client.ask(daemon.address(), rrq("f", "timeout", "255"));
                client.expectOack();
            }
            for (RawSocketPeer client : List.of(second, third)) {
                client.send(ack(0));
                client.expect(data(1, block(CONTENT, 1, 512)));
            }
            oldest.send(ack(0));
            oldest.expectSilence();
        }
    }

    @Test
    void a_spoofed_source_address_gets_no_more_than_its_rate() throws IOException {
        assertBounded(List.of("127.66.1.1"), 2048, "--unanswered-per-client", "2K");
    }

    @Test
    void a_spoofed_network_gets_no_more_than_its_rate() throws IOException {
        List<String> addresses = List.of("127.66.1.1", "127.66.1.2", "127.66.1.3", "127.66.1.77", "127.66.1.200");
        assertBounded(addresses, 4096, "--unanswered-per-client", "2K", "--unanswered-per-network", "4K");
    }

    /** Sends requests that each differ from the last one of their port, so that each is answered as long as the limit allows. */
    private void assertBounded(List<String> addresses, long perSecond, String... flags) throws IOException {
        try (Daemon daemon = daemon(flags)) {
            Files.write(root.resolve("g"), CONTENT);
            List<RawSocketPeer> victims =
                    addresses.stream().map(RawSocketPeer::new).toList();
            long begin = System.nanoTime();
            List<Datagram> came = new ArrayList<>();
            Optional<Datagram> answer = Optional.empty();
            for (int i = 0; i < REQUESTS; i++) {
                // a request too soon after another one replaces it before its reply
                boolean awaitsReply = i == 0 || answer.isPresent();
                for (RawSocketPeer victim : victims) {
                    victim.ask(daemon.address(), rrq(i % 2 == 0 ? "f" : "g"));
                    answer = awaitsReply ? victim.pollUntilRest() : Optional.empty();
                    answer.ifPresent(came::add);
                }
            }
            victims.forEach(victim -> came.addAll(drain(victim, LONGER_THAN_GIVE_UP)));
            long bytes = bytes(came);
            double seconds = (System.nanoTime() - begin) / 1e9;
            // on a busy machine a request may replace the previous one, which then gets no reply
            assertThat(bytes).isBetween(512L, (long) (perSecond * (BURST_SECONDS + seconds)));
            assertThat(daemon.fetch("f")).isEqualTo(CONTENT);
            victims.forEach(RawSocketPeer::vanish);
        }
    }
}
