package dev.lockstep.tftp.wire;

import static dev.lockstep.tftp.harness.Bytes.ack;
import static dev.lockstep.tftp.harness.Bytes.pattern;
import static dev.lockstep.tftp.harness.Bytes.rrq;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Daemon;
import dev.lockstep.tftp.harness.Datagram;
import dev.lockstep.tftp.harness.RawSocketPeer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests a daemon with less direct memory than its clients need: some are refused for now, and none gets a partial file. */
@Timeout(180)
class NoMemoryIT {
    private static final int CLIENTS = 80;
    private static final int BLKSIZE = 65464;
    private static final byte[] CONTENT = pattern(1_000_000);
    private static final Map<String, String> LITTLE = Map.of("JAVA_OPTS", "-Dio.netty.maxDirectMemory=16777216");

    @TempDir
    private Path root;

    /** A client that reads a separate file, so that no two clients share memory. */
    private static final class Client {
        private final RawSocketPeer peer = new RawSocketPeer();
        private final String file;
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();
        private int taken;
        private boolean isServed;
        private boolean isRefused;

        Client(int number) {
            file = Integer.toString(number);
        }

        void ask(Daemon daemon) {
            isRefused = false;
            peer.ask(daemon.address(), rrq(file, "blksize", Integer.toString(BLKSIZE)));
        }

        boolean isDone() {
            return isServed || isRefused;
        }

        /** Handles the next packet. An ERROR is allowed only before the transfer has begun. */
        void receiveNext(Duration timeout) {
            Datagram came = peer.poll(timeout).orElse(null);
            if (came == null) {
                return;
            }
            peer.talkTo(came.from());
            if (came.opcode() == Datagram.ERROR) {
                assertThat(content.size())
                        .as("bytes of a transfer that had begun")
                        .isZero();
                assertThat(came.number()).isZero();
                assertThat(came.text()).isEqualTo("out of memory, try again");
                isRefused = true;
                return;
            }
            if (came.opcode() == Datagram.DATA && came.number() == taken + 1) {
                taken++;
                content.writeBytes(came.payload());
                isServed = came.payload().length < BLKSIZE;
            }
            peer.send(ack(taken));
        }
    }

    @Test
    void clients_without_memory_are_refused_and_served_later() throws IOException {
        List<Client> clients = new ArrayList<>();
        try (Daemon daemon = Daemon.servingWith(LITTLE, root, "--buffer-memory", "1G")) {
            for (int i = 0; i < CLIENTS; i++) {
                Files.write(root.resolve(Integer.toString(i)), CONTENT);
                clients.add(new Client(i));
            }
            clients.forEach(client -> client.ask(daemon));
            finish(clients);
            List<Client> refused =
                    clients.stream().filter(client -> client.isRefused).toList();
            assertThat(refused).as("clients without memory").hasSizeBetween(1, CLIENTS - 10);
            for (Client client : refused) {
                client.ask(daemon);
                finish(List.of(client));
            }
            for (Client client : clients) {
                assertThat(client.isServed).isTrue();
                assertThat(client.content.toByteArray()).isEqualTo(CONTENT);
            }
        } finally {
            clients.forEach(client -> client.peer.close());
        }
    }

    /** Advances all clients in turn, by one datagram each. */
    private static void finish(List<Client> clients) {
        while (!clients.stream().allMatch(Client::isDone)) {
            clients.stream()
                    .filter(client -> !client.isDone())
                    .forEach(client -> client.receiveNext(Duration.ofMillis(1)));
        }
    }
}
