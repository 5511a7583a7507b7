package dev.lockstep.tftp.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.server.storage.DirectoryStorage;
import dev.lockstep.tftp.server.storage.Storage;
import dev.lockstep.tftp.server.storage.WriteRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

    private static Storage open(Path folder, WriteRules rules) throws IOException {
        return DirectoryStorage.at(folder, rules);
    }

    @Test
    void each_root_is_cleaned_once_and_only_after_the_daemon_serves() throws Exception {
        List<Storage> storages = List.of(
                open(below.getParent(), WriteRules.NEW_FILES),
                open(root, WriteRules.READ_ONLY),
                open(root, WriteRules.ANY_FILE),
                open(root, WriteRules.NEW_FILES));
        assertThat(above).exists();
        assertThat(below).exists();
        List<Thread> threads = StaleUploads.remove(storages);
        assertThat(threads).as("one for each root").hasSize(2);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(above).doesNotExist();
        assertThat(below).doesNotExist();
    }

    @Test
    void read_only_roots_are_not_cleaned() throws Exception {
        assertThat(StaleUploads.remove(List.of(open(root, WriteRules.READ_ONLY))))
                .isEmpty();
    }

    @Test
    void the_writable_roots_of_rules_are_cleaned() throws Exception {
        Path file = Files.writeString(root.resolve("tftpd.toml"), """
                root = "%s"
                [[rule]]
                files = "a"
                writable = true
                """.formatted(root));
        TftpdCommand command = Invocation.parsed(Configuration.of("--config", file.toString()));
        for (Thread thread : StaleUploads.remove(command.rulesInPlaceOf(command).storages())) {
            thread.join();
        }
        assertThat(above).doesNotExist();
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
