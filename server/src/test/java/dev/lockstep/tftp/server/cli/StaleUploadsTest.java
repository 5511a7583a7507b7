package dev.lockstep.tftp.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.server.storage.WriteRules;
import dev.lockstep.tftp.testing.LockWait;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StaleUploadsTest {
    @TempDir
    private Path root;

    private Path above;
    private Path below;

    @BeforeEach
    void create_stale_uploads() throws Exception {
        above = Files.writeString(root.resolve(".tftp-0011223344556677.part"), "half");
        below = Files.writeString(
                Files.createDirectory(root.resolve("sub")).resolve(".tftp-8899aabbccddeeff.part"), "half");
    }

    @Test
    void each_tree_is_cleaned_once_and_only_after_the_daemon_serves() throws Exception {
        StaleUploads uploads = new StaleUploads();
        uploads.open(below.getParent(), WriteRules.NEW_FILES);
        uploads.open(root, WriteRules.ANY_FILE);
        uploads.open(root, WriteRules.NEW_FILES);
        assertThat(above).exists();
        assertThat(below).exists();
        List<Thread> threads = uploads.remove();
        assertThat(threads).hasSize(1);
        threads.get(0).join();
        assertThat(above).doesNotExist();
        assertThat(below).doesNotExist();
    }

    /** Starts to clean, and runs a task on this thread when it creates the first thread for that. */
    private static List<Thread> remove(StaleUploads uploads, Runnable task) {
        InheritableThreadLocal<Boolean> hook = new InheritableThreadLocal<>() {
            private boolean called;

            @Override
            protected Boolean childValue(Boolean value) {
                if (!called) {
                    called = true;
                    task.run();
                }
                return value;
            }
        };
        hook.set(true);
        try {
            return uploads.remove();
        } finally {
            hook.remove();
        }
    }

    @Test
    void a_root_that_is_opened_during_the_start_of_the_cleaning_waits_for_the_next_one() throws Exception {
        Path late = Files.createDirectory(root.resolve("zzz"));
        Path stale = Files.writeString(late.resolve(".tftp-0123456789abcdef.part"), "half");
        StaleUploads uploads = new StaleUploads();
        uploads.open(below.getParent(), WriteRules.NEW_FILES);
        FutureTask<?> opening = new FutureTask<>(() -> uploads.open(late, WriteRules.NEW_FILES));
        Thread reload = new Thread(opening);
        List<Thread> threads = remove(uploads, () -> LockWait.startAndAwait(reload));
        opening.get();
        assertThat(threads).hasSize(1);
        threads.get(0).join();
        assertThat(below).doesNotExist();
        assertThat(stale).exists();
        for (Thread next : uploads.remove()) {
            next.join();
        }
        assertThat(stale).doesNotExist();
    }

    @Test
    void read_only_roots_are_not_cleaned() throws Exception {
        StaleUploads uploads = new StaleUploads();
        uploads.open(root, WriteRules.READ_ONLY);
        assertThat(uploads.remove()).isEmpty();
    }

    @Test
    void a_reload_cleans_nothing() throws Exception {
        Path file = Files.writeString(root.resolve("tftpd.toml"), """
                root = "%s"
                writable = true
                [[rule]]
                files = "a"
                overwrite = true
                """.formatted(root));
        Configuration configuration = Configuration.of("--config", file.toString());
        TftpdCommand running = Invocation.parsed(configuration);
        assertThat(Invocation.parsed(configuration.again())
                        .rulesInPlaceOf(running)
                        .size())
                .isEqualTo(1);
        assertThat(above).exists();
    }
}
