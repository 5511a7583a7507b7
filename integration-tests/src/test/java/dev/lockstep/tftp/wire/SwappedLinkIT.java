package dev.lockstep.tftp.wire;

import static dev.lockstep.tftp.harness.Bytes.ack;
import static dev.lockstep.tftp.harness.Bytes.bytes;
import static dev.lockstep.tftp.harness.Bytes.data;
import static dev.lockstep.tftp.harness.Bytes.rrq;
import static dev.lockstep.tftp.harness.Bytes.wrq;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Daemon;
import dev.lockstep.tftp.harness.Datagram;
import dev.lockstep.tftp.harness.FigureLog;
import dev.lockstep.tftp.harness.RawSocketPeer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests requests while a folder of the root is repeatedly replaced by a link out of the root, and restored. */
@Timeout(120)
class SwappedLinkIT {
    private static final int REQUESTS = 2000;
    private static final byte[] INSIDE = bytes("inside");
    private static final byte[] CANARY = bytes("canary");
    /** The requested names. With the root of the second rule, d/d/file is d/d/d/file. */
    private static final List<String> NAMES = List.of("d/file", "d/deep/file", "d/d/file", "d/d/new");

    @TempDir
    private Path folder;

    private final Random random = new Random(20261121);
    private volatile boolean ended;
    private int served;
    private int refused;

    private static void fill(Path folder, byte[] content) throws IOException {
        for (String name : List.of("file", "deep/file", "d/d/file")) {
            Files.createDirectories(folder.resolve(name).getParent());
            Files.write(folder.resolve(name), content);
        }
    }

    @Test
    @Tag("case-57")
    void case57_nothing_outside_is_read_or_written_while_a_folder_is_swapped_for_a_link() throws Exception {
        Path root = Files.createDirectory(folder.resolve("root"));
        Path outside = Files.createDirectory(folder.resolve("outside"));
        fill(Files.createDirectory(root.resolve("d")), INSIDE);
        fill(outside, CANARY);
        Path rules = Files.writeString(
                folder.resolve("tftpd.toml"), "[[rule]]\nfiles = 'd/d/**'\nroot = '" + root + "/{filename:1}'\n");
        Map<Path, String> before = contentOf(outside);
        try (Daemon daemon = Daemon.serving(root, "--writable", "--overwrite", "--config", rules.toString())) {
            CompletableFuture<Void> swapping = CompletableFuture.runAsync(() -> swap(root.resolve("d"), outside));
            for (int i = 0; i < REQUESTS; i++) {
                String name = NAMES.get(random.nextInt(NAMES.size()));
                if (random.nextBoolean()) {
                    read(daemon, name);
                } else {
                    write(daemon, name);
                }
            }
            ended = true;
            swapping.join();
            assertThat(daemon.fetch("d/file")).isEqualTo(INSIDE);
        }
        assertThat(contentOf(outside)).isEqualTo(before);
        assertThat(served).as("served").isPositive();
        assertThat(refused).as("refused").isPositive();
        FigureLog.record("links", REQUESTS, served, refused);
        System.out.printf(
                "%,d requests while a folder was a link in turn: %,d served, %,d refused, none outside%n",
                REQUESTS, served, refused);
    }

    private void swap(Path path, Path target) {
        Path parked = path.resolveSibling("parked");
        Path link = path.resolveSibling("link");
        try {
            Files.createSymbolicLink(link, target);
            while (!ended) {
                Files.move(path, parked, StandardCopyOption.ATOMIC_MOVE);
                Files.move(link, path, StandardCopyOption.ATOMIC_MOVE);
                Files.move(path, link, StandardCopyOption.ATOMIC_MOVE);
                Files.move(parked, path, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read(Daemon daemon, String name) {
        try (RawSocketPeer client = new RawSocketPeer()) {
            client.ask(daemon.address(), rrq(name));
            Datagram came = client.next();
            if (came.opcode() == Datagram.DATA) {
                assertThat(came.payload()).isEqualTo(INSIDE);
                client.send(ack(1));
                served++;
            } else {
                assertRefusal(came);
            }
            client.talkTo(null);
        }
    }

    private void write(Daemon daemon, String name) {
        try (RawSocketPeer client = new RawSocketPeer()) {
            client.ask(daemon.address(), wrq(name));
            Datagram came = client.next();
            if (came.opcode() == Datagram.ACK) {
                client.send(data(1, INSIDE));
                client.expect(ack(1));
                served++;
            } else {
                assertRefusal(came);
            }
            client.talkTo(null);
        }
    }

    private void assertRefusal(Datagram came) {
        assertThat(came.opcode()).as(came.toString()).isEqualTo(Datagram.ERROR);
        assertThat(came.number()).as(came.toString()).isIn(0, 1, 2);
        refused++;
    }

    private static Map<Path, String> contentOf(Path folder) throws IOException {
        Map<Path, String> content = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.toList()) {
                content.put(file, Files.isRegularFile(file) ? Files.readString(file) : "");
            }
        }
        return content;
    }
}
