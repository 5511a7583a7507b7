package dev.lockstep.tftp.server.storage;

import static dev.lockstep.tftp.testing.Requests.rrq;
import static dev.lockstep.tftp.testing.Requests.wrq;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.testing.MemoryFolder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests run while another thread swaps their path repeatedly. The path is alternately a file or folder of the root
 * and a link out of it, so that the check and the open may see different ones. In either case nothing outside the root
 * is read or written.
 */
class SwappedFolderTest {
    private static final InetSocketAddress PEER = new InetSocketAddress("127.0.0.1", 2000);
    private static final int REQUESTS = 4000;
    private static final String CANARY = "CANARY";

    /** The other thread runs on while a request waits for a disk, and uses most of the processor time of the test. */
    @TempDir(factory = MemoryFolder.class)
    Path outer;

    private final Random random = new Random(20261121);
    private Path root;
    private Path outside;
    private Map<String, String> before;
    private int served;
    private int refused;

    /** An operation of a request on that name in the storage. */
    private interface Request {
        void run(String name) throws IOException;
    }

    @BeforeEach
    void folders() throws IOException {
        root = Files.createDirectory(outer.resolve("root"));
        outside = Files.createDirectory(outer.resolve("outside"));
        Files.createDirectories(root.resolve("d/deep"));
        Files.writeString(root.resolve("d/file"), "inside");
        Files.writeString(root.resolve("d/deep/file"), "inside");
        Files.writeString(root.resolve("f"), "inside");
        Files.createDirectory(outside.resolve("deep"));
        Files.writeString(outside.resolve("file"), CANARY);
        Files.writeString(outside.resolve("deep/file"), CANARY);
        Files.writeString(outside.resolve(".tftp-0011223344556677.part"), CANARY);
        before = contentOutside();
    }

    @AfterEach
    void assert_nothing_outside_has_changed() throws IOException {
        assertThat(contentOutside()).isEqualTo(before);
        assertThat(served).as("served, of %d refused", refused).isPositive();
    }

    /** Returns the names, contents and permissions of the files. */
    private Map<String, String> contentOutside() throws IOException {
        Map<String, String> content = new TreeMap<>();
        try (Stream<Path> files = Files.walk(outside)) {
            for (Path file : files.toList()) {
                content.put(
                        file.toString(),
                        (Files.isRegularFile(file) ? Files.readString(file) : "")
                                + Files.getPosixFilePermissions(file));
            }
        }
        return content;
    }

    private DirectoryStorage storage(WriteRules rules) throws IOException {
        return DirectoryStorage.at(root, rules);
    }

    /** Runs requests for a name while its first element is alternately itself and a link to the target. */
    private void race(String swapped, Path target, String name, Request request) throws IOException {
        try (Swapper swapper = new Swapper(root.resolve(swapped), target, random.nextLong())) {
            swapper.start();
            for (int i = 0; i < REQUESTS; i++) {
                try {
                    request.run(name);
                    served++;
                } catch (TftpException expected) {
                    refused++;
                }
            }
        }
    }

    private static void read(Storage storage, String name) throws IOException {
        try (Source source = storage.read(rrq(name), PEER)) {
            ByteBuffer content = ByteBuffer.allocate(100);
            while (source.read(content) > 0) {
                assertThat(content.hasRemaining()).isTrue();
            }
            assertThat(new String(content.array(), 0, content.position(), StandardCharsets.US_ASCII))
                    .isEqualTo("inside");
        }
    }

    private static void write(Storage storage, String name) throws IOException {
        try (Sink sink = storage.write(wrq(name), PEER)) {
            sink.write(StandardCharsets.US_ASCII.encode("inside"));
            sink.commit();
        }
    }

    @Test
    void a_read_below_a_folder_that_becomes_a_link_stays_inside() throws IOException {
        DirectoryStorage storage = storage(WriteRules.READ_ONLY);
        race("d", outside, "d/file", name -> read(storage, name));
        race("d", outside, "d/deep/file", name -> read(storage, name));
    }

    @Test
    void a_read_of_a_file_that_becomes_a_link_stays_inside() throws IOException {
        DirectoryStorage storage = storage(WriteRules.READ_ONLY);
        race("f", outside.resolve("file"), "f", name -> read(storage, name));
    }

    @Test
    void an_upload_below_a_folder_that_becomes_a_link_stays_inside() throws IOException {
        DirectoryStorage storage = storage(WriteRules.ANY_FILE);
        race("d", outside, "d/file", name -> write(storage, name));
        race("d", outside, "d/new", name -> write(storage, name));
    }

    @Test
    void an_upload_over_a_file_that_becomes_a_link_stays_inside() throws IOException {
        DirectoryStorage storage = storage(WriteRules.ANY_FILE);
        race("f", outside.resolve("file"), "f", name -> write(storage, name));
    }

    /**
     * Covers roots with {ip}, {mac} and {filename:1}: the folder of a client is resolved first, and then a file in it.
     */
    @Test
    void a_root_with_placeholders_that_becomes_a_link_stays_inside() throws IOException {
        DirectoryStorage storage = storage(WriteRules.ANY_FILE);
        race("d", outside, "file", name -> read(storage.below("d"), name));
        race("d", outside, "deep/file", name -> read(storage.below("d"), name));
        race("d", outside, "file", name -> write(storage.below("d"), name));
    }

    @Test
    void stale_uploads_are_cleaned_inside_the_root_only() throws IOException {
        race("d", outside, "", name -> StaleUploadCleaner.remove(root));
    }

    /** The size and the content belong to the same file when its folder is swapped for another one inside the root. */
    @Test
    void a_swapped_folder_does_not_change_the_size_of_a_file() throws IOException {
        Path other = Files.createDirectory(root.resolve("other"));
        Files.writeString(root.resolve("d/file"), "a".repeat(2 * SmallFiles.LARGEST));
        Files.writeString(other.resolve("file"), "b".repeat(3 * SmallFiles.LARGEST));
        DirectoryStorage storage = DirectoryStorage.at(root, WriteRules.READ_ONLY, later());
        race("d", other, "d/file", name -> {
            try (Source source = storage.read(rrq(name), PEER)) {
                ByteBuffer content = ByteBuffer.allocate(4 * SmallFiles.LARGEST);
                source.read(content);
                int chunks = content.get(0) == 'a' ? 2 : 3;
                assertThat(source.size()).isEqualTo(chunks * SmallFiles.LARGEST);
                assertThat(content.position()).isEqualTo(chunks * SmallFiles.LARGEST);
            }
        });
    }

    /** Returns a clock by which no file was changed recently, so that content may be cached. */
    private static InstantSource later() {
        return () -> Instant.now().plus(Duration.ofDays(1));
    }
}
