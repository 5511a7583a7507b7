package dev.lockstep.tftp.resilience;

import static dev.lockstep.tftp.harness.Bytes.ack;
import static dev.lockstep.tftp.harness.Bytes.oack;
import static dev.lockstep.tftp.harness.Bytes.pattern;
import static dev.lockstep.tftp.harness.Bytes.rrq;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Bytes;
import dev.lockstep.tftp.harness.ClientProcess;
import dev.lockstep.tftp.harness.Daemon;
import dev.lockstep.tftp.harness.Datagram;
import dev.lockstep.tftp.harness.RawSocketPeer;
import dev.lockstep.tftp.harness.Run;
import dev.lockstep.tftp.relay.Relay;
import dev.lockstep.tftp.testing.impairment.NetworkImpairment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests a PMTU black hole: a path with an MTU of 576 and without ICMP messages. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class PmtuBlackHoleIT {
    private static final byte[] CONTENT = pattern(50_000);

    @TempDir
    private Path served;

    @TempDir
    private Path local;

    private Daemon daemon;
    private Relay relay;

    @BeforeEach
    void start() throws IOException {
        Files.write(served.resolve("file"), CONTENT);
        daemon = Daemon.serving(served, "--writable");
        relay = Relay.to(daemon.address())
                .impairment(NetworkImpairment.CLEAR.withMtu(576))
                .start();
    }

    @AfterEach
    void stop() {
        relay.close();
        daemon.close();
    }

    private String uri(String name) {
        return "tftp://127.0.0.1:" + relay.address().getPort() + "/" + name;
    }

    private void tftp(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--give-up", "10"));
        try (Run run = ClientProcess.tftp(local, all.toArray(String[]::new))) {
            assertThat(run.await().exit()).as(run.printed()).isZero();
        }
    }

    @Test
    void our_client_gets_its_file() {
        tftp("get", uri("file"));
        assertThat(local.resolve("file")).hasBinaryContent(CONTENT);
    }

    @Test
    void our_client_puts_its_file() throws IOException {
        Files.write(local.resolve("new"), CONTENT);
        tftp("put", "new", uri("new"));
        assertThat(served.resolve("new")).hasBinaryContent(CONTENT);
    }

    /** Tests a client that only tries again, as boot firmware does. */
    @Test
    void any_client_gets_its_file_at_the_third_attempt() throws IOException {
        byte[] request = rrq("file", "blksize", "1428");
        try (Daemon shortTimeout = Daemon.serving(served, "--give-up", "2.5");
                Relay narrow = Relay.to(shortTimeout.address())
                        .impairment(NetworkImpairment.CLEAR.withMtu(576))
                        .start()) {
            for (int i = 0; i < 2; i++) {
                try (RawSocketPeer silent = new RawSocketPeer()) {
                    silent.ask(narrow.address(), request);
                    silent.expect(oack("blksize", "1428"));
                    silent.send(ack(0));
                    silent.awaitError(0);
                    silent.talkTo(null);
                }
            }
            shortTimeout.awaitLine("a warning", line -> line.contains("WARN") && line.contains("PMTU black hole"));
            try (RawSocketPeer third = new RawSocketPeer()) {
                third.ask(narrow.address(), request);
                third.expect(oack("blksize", "512"));
                third.send(ack(0));
                assertThat(third.download(512, 1)).isEqualTo(CONTENT);
                third.talkTo(null);
            }
            shortTimeout.awaitLine(
                    "the transfer", line -> line.contains("small blocks after a PMTU black hole: complete"));
        }
    }

    @Test
    void a_client_that_gets_its_blocks_is_granted_what_it_asks_for() {
        byte[] request = rrq("file", "blksize", "1428");
        for (int i = 0; i < 2; i++) {
            try (RawSocketPeer client = new RawSocketPeer()) {
                client.ask(daemon.address(), request);
                client.expect(oack("blksize", "1428"));
                client.send(ack(0));
                assertThat(client.next().bytes()).startsWith(Bytes.bytes(0, Datagram.DATA, 0, 1));
                client.send(ack(1));
            }
        }
    }
}
