package dev.lockstep.tftp.wire;

import static dev.lockstep.tftp.harness.Bytes.ack;
import static dev.lockstep.tftp.harness.Bytes.block;
import static dev.lockstep.tftp.harness.Bytes.data;
import static dev.lockstep.tftp.harness.Bytes.oack;
import static dev.lockstep.tftp.harness.Bytes.pattern;
import static dev.lockstep.tftp.harness.Bytes.rrq;
import static dev.lockstep.tftp.harness.Bytes.wrq;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Daemon;
import dev.lockstep.tftp.harness.Datagram;
import dev.lockstep.tftp.harness.RawSocketPeer;
import dev.lockstep.tftp.harness.Run;
import dev.lockstep.tftp.harness.Tool;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests files that change while they are served, full disks, and files stored in memory. */
@Timeout(120)
class StorageIT {
    private static final int BLKSIZE = 65464;

    /** A size above any read-ahead of one transfer. */
    private static final byte[] LARGE = pattern(64 << 20);

    @TempDir
    private static Path root;

    private static Daemon daemon;

    private final RawSocketPeer client = new RawSocketPeer();

    @BeforeAll
    static void serve() {
        daemon = Daemon.serving(root);
    }

    @AfterAll
    static void stop() {
        daemon.close();
    }

    @AfterEach
    void close() {
        client.close();
    }

    /** Reads the first block of a new file, with large blocks. */
    private Path startDownload(String name) throws IOException {
        Path file = Files.write(root.resolve(name), LARGE);
        client.ask(daemon.address(), rrq(name, "blksize", "65464", "tsize", "0", "timeout", "255"));
        client.expect(oack("blksize", "65464", "tsize", Integer.toString(LARGE.length), "timeout", "255"));
        client.send(ack(0));
        client.expect(data(1, block(LARGE, 1, BLKSIZE)));
        return file;
    }

    private void expectTheRest() {
        int last = LARGE.length / BLKSIZE + 1;
        for (int n = 1; n < last; n++) {
            client.send(ack(n));
            client.expect(data(n + 1, block(LARGE, n + 1, BLKSIZE)));
        }
        client.send(ack(last));
        client.expectSilence();
    }

    @Test
    @Tag("case-51")
    void case51_a_file_that_shrinks_ends_in_error_0_and_never_in_a_silent_short_block() throws IOException {
        Path file = startDownload("shrinking");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(2_000_000);
        }
        int n = 1;
        client.send(ack(n));
        Datagram came = client.next();
        while (came.opcode() == Datagram.DATA) {
            n++;
            assertThat(came.payload()).as("block " + n).isEqualTo(block(LARGE, n, BLKSIZE));
            client.send(ack(n));
            came = client.next();
        }
        assertThat(came.opcode()).as(came.toString()).isEqualTo(Datagram.ERROR);
        assertThat(came.number()).isZero();
    }

    @Test
    @Tag("case-51")
    void case51_a_file_that_is_deleted_is_served_to_its_end() throws IOException {
        Files.delete(startDownload("vanishing"));
        expectTheRest();
    }

    @Test
    @Tag("case-51")
    void case51_a_file_that_is_replaced_is_served_as_it_was() throws IOException {
        Path file = startDownload("changing");
        Path fresh = Files.write(root.resolve("fresh"), new byte[LARGE.length]);
        Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        expectTheRest();
    }

    @Test
    @Tag("case-51")
    @Tag("case-P10")
    void case51_after_an_abort_the_next_clients_get_the_right_content() throws IOException {
        byte[] first = pattern(100_000);
        byte[] second = Arrays.copyOfRange(LARGE, 500_000, 600_000);
        Files.write(root.resolve("first"), first);
        Files.write(root.resolve("second"), second);
        for (int time = 0; time < 5; time++) {
            try (RawSocketPeer leaver = new RawSocketPeer()) {
                leaver.ask(daemon.address(), rrq("first"));
                leaver.expect(data(1, block(first, 1, 512)));
            }
            assertThat(daemon.fetch("second")).isEqualTo(second);
            assertThat(daemon.fetch("first")).isEqualTo(first);
        }
    }

    @Test
    @Tag("case-36")
    void case36_a_full_disk_is_error_3_and_keeps_the_old_file(@TempDir Path folder) throws IOException {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        Tool.needed(Tool.ROOT, "mount");
        Run.Result mounted = Run.run("mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", disk.toString());
        Tool.require(mounted.exit() == 0, "the right to mount");
        byte[] old = pattern(1000);
        Files.write(disk.resolve("file"), old);
        try (Daemon full = Daemon.serving(disk, "--writable", "--overwrite")) {
            fillTheDisk(full, disk, old);
            sizeAboveTheFreeSpaceIsRefused(full);
        } finally {
            assertThat(Run.run("umount", disk.toString()).exit()).isZero();
        }
    }

    private void fillTheDisk(Daemon full, Path disk, byte[] old) throws IOException {
        client.ask(full.address(), wrq("file", "blksize", "16384", "timeout", "255"));
        client.expectOack();
        int block = 0;
        Datagram answer;
        do {
            client.send(data(++block, block(LARGE, block, 16384)));
            answer = client.next();
        } while (answer.opcode() == Datagram.ACK && block < 100);
        assertThat(answer.opcode()).as(answer + " after block " + block).isEqualTo(Datagram.ERROR);
        assertThat(answer.number()).isEqualTo(3);
        assertThat(disk.resolve("file")).hasBinaryContent(old);
        client.expectSilence();
        try (Stream<Path> files = Files.list(disk)) {
            assertThat(files).containsExactly(disk.resolve("file"));
        }
        assertThat(full.fetch("file")).isEqualTo(old);
    }

    private void sizeAboveTheFreeSpaceIsRefused(Daemon full) {
        client.ask(full.address(), wrq("large", "tsize", "200000"));
        client.expectError(3);
        client.ask(full.address(), wrq("small", "tsize", "20000"));
        client.expect(oack("tsize", "20000"));
    }

    @Test
    @Tag("case-33")
    void case33_a_size_above_all_free_space_is_error_3() {
        try (Daemon writable = Daemon.serving(root, "--writable")) {
            client.ask(writable.address(), wrq("huge", "tsize", Long.toString(Long.MAX_VALUE)));
            client.expectError(3);
            assertThat(root.resolve("huge")).doesNotExist();
        }
    }

    @Test
    @Tag("case-33")
    @Tag("case-36")
    void case33_case36_memory_has_its_limit_and_what_is_kept_is_served() {
        byte[] content = pattern(300_000);
        try (Daemon memory = Daemon.serving(root, "--memory", "--memory-limit", "1M", "--writable")) {
            client.ask(memory.address(), wrq("kept", "blksize", "16384"));
            client.expectOack();
            client.upload(content, 16384, 1);
            assertThat(memory.fetch("kept")).isEqualTo(content);
            try (RawSocketPeer greedy = new RawSocketPeer()) {
                greedy.ask(memory.address(), wrq("greedy", "tsize", "1000000"));
                greedy.expectError(3);
            }
            assertThat(memory.fetch("kept")).isEqualTo(content);
        }
        assertThat(root.resolve("kept")).doesNotExist();
    }
}
