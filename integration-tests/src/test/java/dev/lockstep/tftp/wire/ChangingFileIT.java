package dev.lockstep.tftp.wire;

import static dev.lockstep.tftp.harness.Bytes.ack;
import static dev.lockstep.tftp.harness.Bytes.block;
import static dev.lockstep.tftp.harness.Bytes.pattern;
import static dev.lockstep.tftp.harness.Bytes.rrq;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Daemon;
import dev.lockstep.tftp.harness.Datagram;
import dev.lockstep.tftp.harness.RawSocketPeer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests a file that is changed while it is served: the client gets the whole old file or an ERROR, never a mixture and never a part. */
@Timeout(120)
class ChangingFileIT {
    private static final int BLKSIZE = 8192;
    private static final byte[] OLD = pattern(4_000_000);
    private static final byte[] NEW = new byte[OLD.length];

    @TempDir
    private static Path root;

    private static Daemon much;
    private static Daemon little;

    enum Change {
        GROWS {
            @Override
            void apply(Path file) throws IOException {
                Files.write(file, NEW, StandardOpenOption.APPEND);
            }
        },
        SHRINKS {
            @Override
            void apply(Path file) throws IOException {
                try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
                    open.setLength(1_000_000);
                }
            }
        },
        IS_REWRITTEN_IN_PLACE {
            @Override
            void apply(Path file) throws IOException {
                try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
                    open.write(NEW);
                }
            }
        },
        IS_REPLACED {
            @Override
            void apply(Path file) throws IOException {
                Path fresh = Files.write(file.resolveSibling(file.getFileName() + ".new"), NEW);
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            }
        },
        VANISHES {
            @Override
            void apply(Path file) throws IOException {
                Files.delete(file);
            }
        };

        abstract void apply(Path file) throws IOException;

        boolean leavesTheOldFile() {
            return this == IS_REPLACED || this == VANISHES;
        }
    }

    @BeforeAll
    static void serve() throws IOException {
        much = Daemon.serving(root);
        little = Daemon.serving(root, "--buffer-memory", "64K");
        for (Change change : Change.values()) {
            for (int windowsize : new int[] {1, 8}) {
                Files.write(root.resolve(nameOf(change, windowsize, "much")), OLD);
                Files.write(root.resolve(nameOf(change, windowsize, "little")), OLD);
            }
        }
        Path last = Files.write(root.resolve("last"), OLD);
        Instant settled =
                ((FileTime) Files.getAttribute(last, "unix:ctime")).toInstant().plusSeconds(3);
        while (Instant.now().isBefore(settled)) { // only a file that has not changed for a while is shared
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    @AfterAll
    static void stop() {
        much.close();
        little.close();
    }

    private static String nameOf(Change change, int windowsize, String memory) {
        return change + "-" + windowsize + "-" + memory;
    }

    /** Waits for the next tick of the file system's clock, some milliseconds. Two changes within one tick have the same date. */
    private static void awaitTick(Path file) throws IOException {
        Path probe = root.resolve("probe");
        do {
            Files.write(probe, new byte[1]);
        } while (Files.getLastModifiedTime(probe).equals(Files.getLastModifiedTime(file)));
    }

    static List<Arguments> changes() {
        List<Arguments> all = new ArrayList<>();
        for (Change change : Change.values()) {
            for (int windowsize : new int[] {1, 8}) {
                all.add(Arguments.of(change, windowsize, "much", "old"));
                all.add(Arguments.of(change, windowsize, "little", "old"));
                all.add(Arguments.of(change, windowsize, "much", "new"));
            }
        }
        return all;
    }

    @ParameterizedTest(name = "a file that {0}, windowsize {1}, {2} memory, {3}")
    @MethodSource("changes")
    @Tag("case-51")
    void case51_the_old_file_is_sent_whole_or_an_error(Change change, int windowsize, String memory, String age)
            throws IOException {
        Path file = root.resolve(nameOf(change, windowsize, memory));
        if (age.equals("new")) {
            Files.write(file, OLD);
            awaitTick(file);
        }
        try (RawSocketPeer client = new RawSocketPeer()) {
            Daemon daemon = memory.equals("much") ? much : little;
            String blksize = Integer.toString(BLKSIZE);
            client.ask(
                    daemon.address(),
                    rrq(
                            file.getFileName().toString(),
                            "blksize",
                            blksize,
                            "windowsize",
                            "" + windowsize,
                            "timeout",
                            "255"));
            client.expectOack();
            client.send(ack(0));
            Datagram last = readOld(client, 1, windowsize, windowsize);
            change.apply(file);
            client.send(ack(last.number()));
            last = readOld(client, last.number() + 1, Integer.MAX_VALUE, windowsize);
            if (change.leavesTheOldFile()) {
                assertThat(last.opcode()).as(last.toString()).isEqualTo(Datagram.DATA);
            } else {
                assertThat(last.opcode()).as(last.toString()).isEqualTo(Datagram.ERROR);
                assertThat(last.number()).isZero();
                assertThat(last.text()).isEqualTo("file changed while it was read, try again");
            }
        }
    }

    /**
     * Receives blocks of the old file and acknowledges all windows but the last.
     *
     * @return the last packet: the last of {@code count} blocks, the end of the file, or an ERROR
     */
    private static Datagram readOld(RawSocketPeer client, int first, int count, int windowsize) {
        for (int n = first; ; n++) {
            Datagram came = client.next();
            if (came.opcode() == Datagram.ERROR) {
                return came;
            }
            assertThat(came.number()).isEqualTo(n);
            assertThat(came.payload()).as("block " + n).isEqualTo(block(OLD, n, BLKSIZE));
            if (came.payload().length < BLKSIZE || n - first + 1 == count) {
                return came;
            }
            if (n % windowsize == 0) {
                client.send(ack(n));
            }
        }
    }
}
