package dev.lockstep.tftp.service;

import static dev.lockstep.tftp.harness.Bytes.pattern;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Daemon;
import dev.lockstep.tftp.harness.RawPeer;
import dev.lockstep.tftp.harness.Repository;
import dev.lockstep.tftp.harness.Run;
import dev.lockstep.tftp.harness.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How {@code bin/tftpd} starts Java: with which flags, after which build. */
@Timeout(120)
class DaemonLauncherIT {
    private static final byte[] CONTENT = pattern(3_000);

    @TempDir
    private Path folder;

    @Test
    void a_collector_in_java_opts_replaces_the_usual_one() throws IOException {
        Files.write(folder.resolve("file"), CONTENT);
        try (Daemon daemon = Daemon.servingWith(Map.of("JAVA_OPTS", "-XX:+UseParallelGC"), folder)) {
            assertThat(daemon.fetch("file")).isEqualTo(CONTENT);
        }
    }

    /**
     * A build that waits to be let go on, so that the other launcher meets it: that one may begin a build of its own,
     * which shows as "twice", or wait for a lock, which the kernel lists.
     */
    private static final String SLOW_BUILD = """
            #!/bin/sh
            mkdir busy || echo twice >>seen
            echo build >>seen
            read -r go <gate
            mkdir -p server/target client/target
            echo jar >server/target/tftpd.jar
            echo jar >client/target/tftp.jar
            rmdir busy
            """;

    @Test
    void the_first_builds_of_both_launchers_wait_for_each_other() throws Exception {
        Tool.named("flock");
        for (String program : List.of("server/bin/tftpd", "client/bin/tftp")) {
            Files.createDirectories(folder.resolve(program).getParent());
            Files.copy(Repository.ROOT.resolve(program), folder.resolve(program));
        }
        Path tools = Files.createDirectory(folder.resolve("tools"));
        script(tools.resolve("mvn"), SLOW_BUILD);
        script(tools.resolve("java"), "#!/bin/sh\n");
        assertThat(Run.run("mkfifo", folder.resolve("gate").toString()).exit()).isZero();
        Map<String, String> path = Map.of("PATH", tools + ":" + System.getenv("PATH"), "JAVA_HOME", "");
        Path seen = folder.resolve("seen");
        try (Run one = Run.start(folder, path, List.of(folder + "/server/bin/tftpd"))) {
            assertThat(one.awaitErrors(text -> text.contains("building"), RawPeer.PATIENCE))
                    .isTrue();
            try (Run two = Run.start(folder, path, List.of(folder + "/client/bin/tftp"))) {
                long inode = (Long) Files.getAttribute(folder, "unix:ino");
                while (!isAwaited(inode)
                        && !(Files.exists(seen) && Files.readString(seen).contains("twice"))) {
                    Thread.onSpinWait();
                }
                Files.writeString(folder.resolve("gate"), "go\n");
                assertThat(one.await().exit()).as(one.printed()).isZero();
                assertThat(two.await().exit()).as(two.printed()).isZero();
            }
        }
        assertThat(seen).hasContent("build");
    }

    private static void script(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static boolean isAwaited(long inode) throws IOException {
        return Files.readAllLines(Path.of("/proc/locks")).stream()
                .anyMatch(line -> line.contains("->") && line.contains(":" + inode + " "));
    }
}
