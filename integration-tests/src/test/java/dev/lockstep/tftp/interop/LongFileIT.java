package dev.lockstep.tftp.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Run;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of many times 65,536 blocks, from a daemon with a small heap that serves other clients at the same time. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class LongFileIT {

    private static final Duration LIMIT = Duration.ofMinutes(20);

    @TempDir
    Path root;

    @TempDir
    Path local;

    @Test
    void the_block_number_rolls_over_twice_in_seventy_megabytes() {
        pullBesideTwoOthers(70_000_001);
    }

    @Test
    @Tag("soak")
    void the_block_number_rolls_over_thirty_five_times_in_a_gigabyte() {
        pullBesideTwoOthers(1_173_828_708L);
    }

    private void pullBesideTwoOthers(long size) {
        String hash = Content.sha256(Content.write(root.resolve("long"), size));
        String neighbour = Content.sha256(Content.write(root.resolve("neighbour"), size / 8));
        try (Server daemon = ServerKind.daemon(root, Map.of());
                Run first = beside(daemon, "first");
                Run second = beside(daemon, "second")) {
            Job job = Job.of("long", local.resolve("long")).blksize(512).windowsize(64);
            Peers.run(local, ClientKind.underTest().getCommand(daemon, job), LIMIT)
                    .assertExit(0);

            first.await(LIMIT).assertExit(0);
            second.await(LIMIT).assertExit(0);
            assertThat(daemon.run().printed()).doesNotContain("OutOfMemoryError");
        }
        assertThat(Content.sha256(local.resolve("long"))).isEqualTo(hash);
        assertThat(Content.sha256(local.resolve("first"))).isEqualTo(neighbour);
        assertThat(Content.sha256(local.resolve("second"))).isEqualTo(neighbour);
    }

    private Run beside(Server daemon, String name) {
        List<String> command = ClientKind.CURL.getCommand(daemon, Job.of("neighbour", local.resolve(name)));
        return Peers.start(local, Map.of(), command);
    }
}
