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

/** What somebody gets who never asked: octets with their IP and UDP headers, against those of whoever asked in his name. */
@Timeout(120)
@DisplayNameGeneration(ReplaceUnderscores.class)
class AmplificationIT {
    private static final int HEADERS = 28;
    /** So short that every repeat there can be comes before the server gives up. */
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

    private static long octets(List<Datagram> datagrams) {
        return datagrams.stream()
                .mapToLong(each -> HEADERS + each.bytes().length)
                .sum();
    }

    /** All that comes until the server must have given up. */
    private static List<Datagram> drain(RawSocketPeer victim, Duration patience) {
        List<Datagram> all = new ArrayList<>();
        Optional<Datagram> next = victim.poll(patience);
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
            double measured = (double) octets(came) / (HEADERS + request.length);
            System.out.printf(
                    Locale.ROOT, "%s: %d datagrams, %.1f times the octets%n", came.get(0), came.size(), measured);
            assertThat(came.stream().map(Datagram::opcode).filter(code -> code != Datagram.ERROR))
                    .hasSize(messages);
            assertThat(measured).isLessThan(factor);
            return came;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--single-port"})
    void an_unanswered_oack_is_repeated_three_times(String mode) throws IOException {
        try (Daemon daemon = mode.isEmpty() ? daemon() : daemon(mode)) {
            provoke(daemon, rrq("f", "blksize", "1428", "windowsize", "64"), 4, 5);
            provoke(daemon, rrq("f", "tsize", "0"), 4, 5);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--single-port"})
    void an_unanswered_block_is_repeated_twice(String mode) throws IOException {
        try (Daemon daemon = mode.isEmpty() ? daemon() : daemon(mode)) {
            provoke(daemon, rrq("f"), 3, 45);
        }
    }

    @Test
    void an_unanswered_ack_0_and_a_refusal_are_no_more_than_was_asked() throws IOException {
        try (Daemon daemon = daemon()) {
            provoke(daemon, wrq("new"), 4, 5);
            provoke(daemon, rrq("nothing here"), 0, 1.2);
        }
    }

    @Test
    void of_too_many_unanswered_requests_the_oldest_makes_room() throws IOException {
        try (Daemon daemon = daemon("--unanswered-requests", "2");
                RawSocketPeer oldest = new RawSocketPeer();
                RawSocketPeer second = new RawSocketPeer();
                RawSocketPeer third = new RawSocketPeer()) {
            assertThat(daemon.fetch("f")).isEqualTo(CONTENT); // an address that was heard of
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
    void an_address_in_whose_name_many_ask_gets_its_rate_and_no_more() throws IOException {
        assertBounded(List.of("127.66.1.1"), 2048, "--unanswered-per-client", "2K");
    }

    @Test
    void a_network_in_whose_name_many_ask_gets_its_rate_and_no_more() throws IOException {
        List<String> addresses = List.of("127.66.1.1", "127.66.1.2", "127.66.1.3", "127.66.1.77", "127.66.1.200");
        assertBounded(addresses, 4096, "--unanswered-per-client", "2K", "--unanswered-per-network", "4K");
    }

    /** Each request is another one than the last from its port, so it is answered anew as long as there is a right to it. */
    private void assertBounded(List<String> addresses, long perSecond, String... flags) throws IOException {
        try (Daemon daemon = daemon(flags)) {
            Files.write(root.resolve("g"), CONTENT);
            List<RawSocketPeer> victims =
                    addresses.stream().map(RawSocketPeer::new).toList();
            long begin = System.nanoTime();
            List<Datagram> came = new ArrayList<>();
            Optional<Datagram> answer = Optional.empty();
            for (int i = 0; i < REQUESTS; i++) {
                boolean patient =
                        i == 0 || answer.isPresent(); // one that comes too soon after another takes its answer's place
                for (RawSocketPeer victim : victims) {
                    victim.ask(daemon.address(), rrq(i % 2 == 0 ? "f" : "g"));
                    answer = patient ? victim.poll(RawSocketPeer.SILENCE) : Optional.empty();
                    answer.ifPresent(came::add);
                }
            }
            victims.forEach(victim -> came.addAll(drain(victim, LONGER_THAN_GIVE_UP)));
            long octets = octets(came);
            double seconds = (System.nanoTime() - begin) / 1e9;
            // on a busy machine a request may take the place of the one before it, which then gets no answer
            assertThat(octets).isBetween(512L, (long) (perSecond * (BURST_SECONDS + seconds)));
            assertThat(daemon.fetch("f")).isEqualTo(CONTENT);
            victims.forEach(RawSocketPeer::vanish);
        }
    }
}
