package dev.lockstep.tftp.wire;

import static dev.lockstep.tftp.harness.Bytes.error;
import static dev.lockstep.tftp.harness.Bytes.pattern;
import static dev.lockstep.tftp.harness.Bytes.rrq;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.lockstep.tftp.harness.Daemon;
import dev.lockstep.tftp.harness.Datagram;
import dev.lockstep.tftp.harness.RawPeer;
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

/** A daemon that may open few files: what it can't serve now it must be able to serve later. */
@Timeout(180)
class NoDescriptorIT {
    private static final List<String> FEW = List.of("bash", "-c", "ulimit -n 64; exec \"$0\" \"$@\"");

    @TempDir
    private Path root;

    @Test
    void a_request_that_found_no_descriptor_is_no_transfer_for_ever() throws IOException {
        Files.write(root.resolve("file"), pattern(5000));
        List<RawPeer> clients = new ArrayList<>();
        List<RawPeer> unserved = new ArrayList<>();
        try (Daemon daemon = Daemon.servingEverywhereIn(FEW, root)) {
            for (int i = 0; i < 200; i++) {
                RawPeer client = new RawPeer();
                clients.add(client);
                client.ask(daemon.address(), rrq("file"));
            }
            for (RawPeer client : clients) {
                Optional<Datagram> first = client.poll(Duration.ofMillis(200));
                if (first.isEmpty() || isError(first.orElseThrow())) {
                    unserved.add(client);
                } else {
                    client.sendTo(first.orElseThrow().from(), error(0, "enough"));
                }
            }
            assumeThat(unserved).as("clients for which there was no descriptor").isNotEmpty();
            for (RawPeer client : unserved) {
                client.ask(daemon.address(), rrq("file"));
                Optional<Datagram> first = client.poll(RawPeer.PATIENCE);
                assertThat(first).isPresent();
                client.sendTo(first.orElseThrow().from(), error(0, "enough"));
            }
        } finally {
            clients.forEach(RawPeer::close);
        }
    }

    /** There was a descriptor for the socket, but none for the file. */
    private static boolean isError(Datagram answer) {
        return answer.bytes()[1] == 5;
    }
}
