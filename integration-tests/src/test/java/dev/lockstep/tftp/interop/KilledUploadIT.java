package dev.lockstep.tftp.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An interrupted upload over an existing file: the old file stays unchanged, and no other file is left. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class KilledUploadIT {

    /** The number of interruptions. {@code -Dinterop.kills=1000 -Dinterop.seed=1} tries more, or other, blocks. */
    private static final int KILLS = Integer.getInteger("interop.kills", 10);

    private static final long SEED = Long.getLong("interop.seed", 20260101);

    /**
     * The points that one kill interrupts, each in two folders: several in a build, since each start takes a second. Of
     * the blocks that are under way, the first may be stored by then.
     */
    private static final int CUTS_OF_A_KILL = KILLS > 10 ? 1 : 5;

    private static final int BLOCKS = 200;
    private static final byte[] OLD = Content.anyText(70_000);
    private static final byte[] NEW = Content.plainText(BLOCKS * 512 - 1);

    /** The folder of the daemons that are killed repeatedly. */
    @TempDir
    static Path shared;

    /** The daemon that was started after a kill; the next test kills it. */
    private static Server restarted;

    @TempDir
    Path root;

    @AfterAll
    static void stop() {
        if (restarted != null) {
            restarted.close();
        }
    }

    /**
     * The point at which the upload is interrupted.
     *
     * @param acknowledged the last block whose ACK was received; 0: that of the request
     * @param underway whether one more block was sent without waiting for its ACK
     */
    record Cut(int acknowledged, boolean underway) {

        boolean sentEverything() {
            return acknowledged + (underway ? 1 : 0) == BLOCKS;
        }

        @Override
        public String toString() {
            return "after ACK " + acknowledged + (underway ? " with the next block in flight" : "");
        }
    }

    static List<Cut> cuts() {
        List<Cut> cuts = new ArrayList<>();
        cuts.add(new Cut(0, false));
        cuts.add(new Cut(0, true));
        cuts.add(new Cut(BLOCKS - 1, true));
        Random random = new Random(SEED);
        IntStream.range(0, KILLS).forEach(i -> cuts.add(new Cut(random.nextInt(BLOCKS), random.nextBoolean())));
        return cuts;
    }

    /** Returns the points in groups: the uploads of a group are interrupted by the same kill. */
    static List<List<Cut>> groups_of_cuts() {
        List<Cut> cuts = cuts();
        return IntStream.range(0, (cuts.size() + CUTS_OF_A_KILL - 1) / CUTS_OF_A_KILL)
                .mapToObj(i -> cuts.subList(i * CUTS_OF_A_KILL, Math.min(cuts.size(), (i + 1) * CUTS_OF_A_KILL)))
                .toList();
    }

    @ParameterizedTest(name = "kill -9 {0}")
    @MethodSource("groups_of_cuts")
    void a_killed_daemon_keeps_the_old_files(List<Cut> cuts) throws IOException {
        root = shared;
        Files.createDirectories(root.resolve("a/b"));
        Map<String, Cut> cutOf = new TreeMap<>();
        for (int i = 0; i < cuts.size(); i++) {
            for (String name : List.of("old-" + i, "a/b/old-" + i)) {
                Content.write(root.resolve(name), OLD);
                cutOf.put(name, cuts.get(i));
            }
        }

        List<RawUpload> uploads = new ArrayList<>();
        try (Server daemon = restarted == null ? daemon() : restarted) {
            for (Map.Entry<String, Cut> each : cutOf.entrySet()) {
                RawUpload upload = new RawUpload(daemon.address(), NEW);
                uploads.add(upload);
                upload.acknowledgedUpTo(each.getKey(), each.getValue().acknowledged());
            }
            Iterator<RawUpload> upload = uploads.iterator();
            cutOf.values().forEach(cut -> sendUnderway(upload.next(), cut));
            daemon.run().kill();
        } finally {
            uploads.forEach(RawUpload::close);
        }

        restarted = daemon();
        assertThat(restarted.run().isAlive()).isTrue();
        Await.until("only the old files in " + files(), () -> files().equals(List.copyOf(cutOf.keySet())));
        for (Map.Entry<String, Cut> each : cutOf.entrySet()) {
            assertOldUnlessWhole(root.resolve(each.getKey()), each.getValue());
        }
        for (String name : cutOf.keySet()) {
            Files.delete(root.resolve(name));
        }
    }

    @Test
    void a_daemon_killed_after_the_last_ACK_has_the_new_file() {
        Content.write(root.resolve("old"), OLD);
        try (Server daemon = daemon();
                RawUpload upload = new RawUpload(daemon.address(), NEW)) {
            upload.acknowledgedUpTo("old", upload.blocks());
            daemon.run().kill();
        }
        try (Server again = daemon()) {
            assertThat(again.run().isAlive()).isTrue();
            Await.until("only the new file in " + files(), () -> files().equals(List.of("old")));
        }
        assertThat(root.resolve("old")).hasBinaryContent(NEW);
    }

    @Test
    void a_vanished_client_leaves_the_old_file_and_no_temporary_file() {
        List<Cut> cuts = cuts().stream().filter(cut -> !cut.sentEverything()).toList();
        List<String> names = IntStream.range(0, cuts.size())
                .mapToObj(i -> "old-%04d".formatted(i))
                .toList();
        names.forEach(name -> Content.write(root.resolve(name), OLD));

        try (Server daemon = daemon("--timeout", "1", "--give-up", "2")) {
            for (int i = 0; i < cuts.size(); i++) {
                try (RawUpload upload = new RawUpload(daemon.address(), NEW)) {
                    cutShort(upload, names.get(i), cuts.get(i));
                }
            }
            Await.until("only the old files in " + root, () -> files().equals(names));
            assertThat(daemon.run().isAlive()).isTrue();
        }
        names.forEach(name -> assertThat(root.resolve(name)).hasBinaryContent(OLD));
    }

    @Test
    void an_upload_without_data_leaves_no_file() {
        try (Server daemon = daemon("--timeout", "1", "--give-up", "2")) {
            try (RawUpload upload = new RawUpload(daemon.address(), NEW)) {
                upload.acknowledgedUpTo("new", BLOCKS / 2);
            }
            Await.until("nothing in " + root, () -> files().isEmpty());
        }
    }

    private Server daemon(String... options) {
        List<String> all = new ArrayList<>(List.of("--writable", "--overwrite"));
        all.addAll(List.of(options));
        return ServerKind.daemon(root, Map.of(), all.toArray(String[]::new));
    }

    private static void cutShort(RawUpload upload, String name, Cut cut) {
        upload.acknowledgedUpTo(name, cut.acknowledged());
        sendUnderway(upload, cut);
    }

    private static void sendUnderway(RawUpload upload, Cut cut) {
        if (cut.underway()) {
            upload.sendOnly(cut.acknowledged() + 1);
        }
    }

    /**
     * Checks the file. After the last block was sent the daemon may have published the new file, which must be
     * complete.
     */
    private static void assertOldUnlessWhole(Path file, Cut cut) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        assertThat(Content.sha256(bytes))
                .as("%s, %s bytes, %s", file, bytes.length, cut)
                .isIn(Content.sha256(OLD), Content.sha256(cut.sentEverything() ? NEW : OLD));
    }

    /** Lists every file below the root, including hidden ones. A file that vanishes meanwhile is skipped. */
    private List<String> files() {
        List<String> files = new ArrayList<>();
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    files.add(root.relativize(file).toString());
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException vanished) {
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files.stream().sorted().toList();
    }
}
