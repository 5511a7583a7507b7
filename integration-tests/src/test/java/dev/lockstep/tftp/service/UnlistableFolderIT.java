package dev.lockstep.tftp.service;

import static dev.lockstep.tftp.harness.Bytes.pattern;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Installation;
import dev.lockstep.tftp.harness.Repository;
import dev.lockstep.tftp.harness.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Folders that the user of the daemon may enter but not list: 0711 for downloads, 1733 for uploads. */
@Timeout(120)
class UnlistableFolderIT {
    private static final byte[] CONTENT = pattern(3_000);
    private static final int NOBODY = 65534;

    private Installation installed;

    @BeforeEach
    void install() throws IOException {
        Unprivileged.requirePossible();
        installed = new Installation();
    }

    @AfterEach
    void remove() {
        if (installed != null) {
            installed.close();
        }
    }

    private static void setMode(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    @Test
    void are_served_and_accept_uploads() throws IOException {
        Path root = installed.root();
        Path out = Files.createDirectory(root.resolve("out"));
        Path in = Files.createDirectory(root.resolve("in"));
        Path file = Files.write(out.resolve("file"), CONTENT);
        setMode(out, "rwx--x--x");
        setMode(in, "rwx-wx-wx");
        setMode(root, "rwx--x--x");
        List<String> command = new ArrayList<>(Unprivileged.user(NOBODY));
        command.addAll(List.of(installed.tftpd(), "--root", root.toString(), "--writable", "127.0.0.1", "6900"));
        try (Run daemon = Unprivileged.start(Map.of("JAVA_OPTS", Repository.JAVA_OPTIONS), "", command)) {
            Unprivileged.awaitListening(daemon);
            Unprivileged.expectServed(daemon, "tftp://127.0.0.1:6900/out/file", CONTENT);
            Run.Result put = Unprivileged.client(daemon, "put", file.toString(), "tftp://127.0.0.1:6900/in/new");
            assertThat(put.exit()).as(put + daemon.printed()).isZero();
            assertThat(in.resolve("new")).hasBinaryContent(CONTENT);
            Unprivileged.expectServed(daemon, "tftp://127.0.0.1:6900/in/new", CONTENT);
            Unprivileged.expectCleanEnd(daemon);
            assertThat(daemon.printed())
                    .contains(" started: root " + root + " (drwx--x--x root, writable); ports: ephemeral; rules: none")
                    .contains("WARN  " + root + " cannot be written (user nobody, directory drwx--x--x root)");
        }
    }

    @Test
    void a_folder_that_cannot_be_entered_ends_the_daemon_with_the_reason() throws IOException {
        Path closed = Files.createDirectory(installed.root().resolve("closed"));
        Path inside = Files.createDirectory(closed.resolve("inside"));
        setMode(closed, "rwx------");
        List<String> command = new ArrayList<>(Unprivileged.user(NOBODY));
        for (Path root : List.of(closed, inside)) {
            List<String> whole = new ArrayList<>(command);
            whole.addAll(List.of(installed.tftpd(), "--root", root.toString(), "127.0.0.1", "6900"));
            try (Run daemon = Unprivileged.start(Map.of("JAVA_OPTS", Repository.JAVA_OPTIONS), "", whole)) {
                Run.Result end = daemon.await();
                assertThat(end.exit()).as(end.toString()).isEqualTo(1);
                assertThat(end.stderr())
                        .isEqualTo("tftpd: --root: " + root + ": permission denied: " + closed
                                + " cannot be entered (user nobody, directory drwx------ root)\n");
            }
        }
    }
}
