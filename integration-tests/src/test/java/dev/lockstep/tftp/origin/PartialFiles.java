package dev.lockstep.tftp.origin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** The files in a cache that are being fetched. */
final class PartialFiles {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private PartialFiles() {}

    /** Waits until a number of bytes is fetched. */
    static void await(Path cache, long bytes) throws IOException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (size(cache) < bytes) {
            assertThat(System.nanoTime()).as("the fetch makes progress").isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    /** Returns how many bytes are fetched. */
    static long size(Path cache) throws IOException {
        if (!Files.isDirectory(cache)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(cache)) {
            return files.filter(file -> file.toString().endsWith(".part"))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }
}
