package dev.lockstep.tftp.wire;

import static dev.lockstep.tftp.harness.Bytes.pattern;
import static dev.lockstep.tftp.harness.Bytes.rrq;
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
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests a daemon with few file descriptors: it refuses the clients that it cannot serve, and serves them later. No client
 * continues before all have had a reply, since clients that finish early would free descriptors for the rest.
 */
@Timeout(600)
class NoDescriptorIT {
    private static final int DESCRIPTORS = 64;
    private static final int CLIENTS = 200;
    private static final List<String> FEW = List.of("bash", "-c", "ulimit -n " + DESCRIPTORS + "; exec \"$0\" \"$@\"");
    /**
     * Longer than a busy machine takes to reply: the reply to a repeated request would be in the way of a later
     * download.
     */
    private static final Duration BEFORE_REPETITION = Duration.ofSeconds(60);

    /** An idle timeout longer than the test: a client waits until all others have had a reply. */
    private static final String[] LONG_IDLE_TIMEOUT = {"--give-up", "600"};
    /** Content too long for one read, so that each served client keeps a file open, too. */
    private static final byte[] LONG = pattern(100_000);

    private static final byte[] SHORT = pattern(5000);

    private final List<RawSocketPeer> served = new ArrayList<>();
    private final List<RawSocketPeer> refused = new ArrayList<>();

    @TempDir
    private Path root;

    @Test
    void clients_without_a_descriptor_are_refused_and_served_later() throws IOException {
        allAreAnsweredAndServedInTheEnd(SHORT);
    }

    @Test
    void clients_whose_files_stay_open_are_refused_and_served_later() throws IOException {
        allAreAnsweredAndServedInTheEnd(LONG);
    }

    private void allAreAnsweredAndServedInTheEnd(byte[] content) throws IOException {
        Files.write(root.resolve("file"), content);
        try (Daemon daemon = Daemon.servingEverywhereIn(FEW, root, LONG_IDLE_TIMEOUT)) {
            askAllAtOnce(daemon);
            assertThat(served).as("clients with a socket of their own").hasSizeBetween(1, DESCRIPTORS);
            for (RawSocketPeer client : served) {
                assertThat(client.download(512, 1)).isEqualTo(content);
                client.talkTo(null);
            }
            daemon.awaitRest(); // so that their sockets and files are closed
            for (RawSocketPeer client : refused) {
                client.ask(daemon.address(), rrq("file"));
                assertThat(client.download(512, 1)).isEqualTo(content);
                client.talkTo(null);
            }
        } finally {
            served.forEach(RawSocketPeer::close);
            refused.forEach(RawSocketPeer::close);
        }
    }

    private void askAllAtOnce(Daemon daemon) {
        List<RawSocketPeer> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            RawSocketPeer client = new RawSocketPeer();
            clients.add(client);
            client.ask(daemon.address(), rrq("file"));
        }
        for (RawSocketPeer client : clients) {
            Optional<Datagram> answer = client.poll(BEFORE_REPETITION);
            if (answer.isEmpty()) { // the buffer of the listening socket may have been full
                client.ask(daemon.address(), rrq("file"));
                answer = client.poll(RawSocketPeer.REPLY_TIMEOUT);
            }
            boolean isRefused = answer.isEmpty() || answer.orElseThrow().opcode() == Datagram.ERROR;
            (isRefused ? refused : served).add(client);
            assertThat(answer)
                    .as(() -> "a reply to " + client.address() + "; the daemon logged:\n" + daemon.printed())
                    .isPresent();
            if (isRefused) {
                assertThat(answer.orElseThrow().number()).isZero();
                assertThat(answer.orElseThrow().text())
                        .isIn("server is out of sockets, try again", "too many open files, try again");
            }
        }
    }
}
