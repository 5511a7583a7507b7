package dev.lockstep.tftp.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Bytes;
import dev.lockstep.tftp.harness.Daemon;
import dev.lockstep.tftp.harness.FigureLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Repeated changes of the rules during a thousand transfers. */
class ReloadUnderLoadIT {
    private static final int TRANSFERS = 1_000;
    private static final int RELOADS = 100;
    /** The rate limit, at which each transfer takes about half a minute. */
    private static final int SIZE = 512 * 1024;

    @TempDir
    private Path folder;

    private Path config;

    private void write(int version) throws IOException {
        String rules = "[[rule]]\nfiles = \"image\"\nrate-per-transfer = \"16K\"\n"
                + "[[rule]]\nname = \"version " + version + "\"\n"
                + (version % 2 == 0 ? "action = \"deny\"\n" : "blksize-limit = 512\n");
        Path next = Files.writeString(folder.resolve("next"), rules);
        Files.move(next, config, StandardCopyOption.ATOMIC_MOVE);
    }

    private int reload(Daemon daemon) {
        try {
            for (int version = 1; version <= RELOADS; version++) {
                write(version);
                int before = daemon.linesAbout("configuration reloaded").size();
                daemon.hangUp();
                daemon.awaitLine(
                        "reload " + version,
                        line -> daemon.linesAbout("configuration reloaded").size() > before);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return daemon.linesAbout("configuration reloaded").size();
    }

    @Test
    @Tag("soak")
    @Timeout(600)
    void a_thousand_transfers_do_not_see_a_hundred_reloads() throws IOException {
        Path root = Files.createDirectories(folder.resolve("srv"));
        byte[] image = Bytes.pattern(SIZE);
        Files.write(root.resolve("image"), image);
        config = folder.resolve("tftpd.toml");
        write(0);
        try (Daemon daemon = Daemon.serving(root, "--config", config.toString())) {
            CompletableFuture<List<String>> swarm =
                    CompletableFuture.supplyAsync(() -> DownloadSwarm.run(daemon.address(), "image", 1400, TRANSFERS));
            long begin = System.nanoTime();
            int reloads = reload(daemon);
            boolean overBeforeTheTransfers = !swarm.isDone();
            List<String> results = swarm.join();
            long failed = results.stream()
                    .filter(result -> !result.equals(Content.summary(image)))
                    .count();
            double seconds = (System.nanoTime() - begin) / 1e9;
            FigureLog.record("reload", results.size(), SIZE, reloads, failed, seconds);
            System.out.printf(
                    "%d transfers of %d bytes, %d reloads, %d failed, %.1f s%n",
                    results.size(), SIZE, reloads, failed, seconds);
            assertThat(reloads).isEqualTo(RELOADS);
            assertThat(overBeforeTheTransfers).as("reloaded while they ran").isTrue();
            assertThat(results).hasSize(TRANSFERS).containsOnly(Content.summary(image));
            assertThat(daemon.linesAbout("read image")).hasSize(TRANSFERS).allMatch(line -> line.endsWith("complete"));
        }
    }
}
