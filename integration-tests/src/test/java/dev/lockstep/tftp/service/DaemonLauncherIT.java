package dev.lockstep.tftp.service;

import static dev.lockstep.tftp.harness.Bytes.pattern;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lockstep.tftp.harness.Daemon;
import dev.lockstep.tftp.harness.Installation;
import dev.lockstep.tftp.harness.RawSocketPeer;
import dev.lockstep.tftp.harness.Repository;
import dev.lockstep.tftp.harness.Run;
import dev.lockstep.tftp.harness.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The launcher {@code bin/tftpd}: its flags for Java, the user of the process, and builds before the start. */
@Timeout(120)
class DaemonLauncherIT {
    private static final byte[] CONTENT = pattern(3_000);

    @TempDir
    private Path folder;

    @Test
    void a_garbage_collector_in_java_opts_replaces_the_default() throws IOException {
        Files.write(folder.resolve("file"), CONTENT);
        try (Daemon daemon = Daemon.servingWith(Map.of("JAVA_OPTS", "-XX:+UseParallelGC"), folder)) {
            assertThat(daemon.fetch("file")).isEqualTo(CONTENT);
        }
    }

    @Test
    void root_is_warned() {
        assumeTrue("root".equals(System.getProperty("user.name")));
        try (Daemon daemon = Daemon.serving(folder)) {
            daemon.awaitLine("the warning", line -> line.contains("WARN  running as root (expected: "));
        }
    }

    @ParameterizedTest
    @CsvSource({"nobody, 65534", "nobody:daemon, 1"})
    void with_a_user_java_runs_as_that_user_with_only_the_capability_to_bind_the_port(String user, int group)
            throws IOException {
        Unprivileged.requirePossible();
        try (Installation installed = new Installation()) {
            Files.write(installed.root().resolve("file"), CONTENT);
            String root = installed.root().toString();
            List<String> command = List.of(installed.tftpd(), "--root", root, "--user", user, "127.0.0.1", "69");
            try (Run daemon = Unprivileged.start(Map.of("JAVA_OPTS", Repository.JAVA_OPTIONS), "", command)) {
                Unprivileged.awaitListening(daemon);
                assertThat(Files.readString(Path.of("/proc/" + daemon.pid() + "/status")))
                        .contains("Uid:\t65534\t65534\t65534\t65534", "Gid:\t" + group + "\t" + group + "\t")
                        .contains("CapPrm:\t0000000000000400", "CapBnd:\t0000000000000400", "NoNewPrivs:\t1");
                Unprivileged.expectServed(daemon, "tftp://127.0.0.1/file", CONTENT);
                Unprivileged.expectCleanEnd(daemon);
                assertThat(daemon.printed()).doesNotContain("running as root");
            }
        }
    }

    @Test
    void an_unknown_user_and_a_user_without_the_launcher_are_wrong_usage() {
        assumeTrue("root".equals(System.getProperty("user.name")));
        Run.Result unknown = Run.run("server/bin/tftpd", "--user=nosuchuser", "127.0.0.1", "0");
        assertThat(unknown.exit()).as(unknown.toString()).isEqualTo(2);
        assertThat(unknown.stderr()).isEqualTo("tftpd: --user: nosuchuser (expected: NAME[:GROUP])\n");
        String java = System.getProperty("java.home") + "/bin/java";
        Run.Result alone = Run.run(java, "-jar", "server/target/tftpd.jar", "--user", "nobody", "127.0.0.1", "0");
        assertThat(alone.exit()).as(alone.toString()).isEqualTo(2);
        assertThat(alone.stderr()).startsWith("tftpd: --user: nobody (expected: bin/tftpd, started by root");
    }

    /**
     * Starts a build that waits for permission to continue, so that the other launcher meets it. That one may start a
     * build of its own, which shows as "twice", or wait for a lock, which the kernel lists.
     */
    private static final String SLOW_BUILD = """
            #!/bin/sh
            mkdir busy || echo twice >>seen
            echo build >>seen
            echo "$*" >>arguments
            printf '[INFO] Building Lockstep TFTP: Codec   0.1   [1/2]\n[INFO] Building jar: x.jar\n[ERROR] a fault\n'
            read -r go <gate
            mkdir -p server/target client/target
            echo jar >server/target/tftpd.jar
            echo jar >client/target/tftp.jar
            rmdir busy
            """;

    @Test
    void the_first_builds_of_both_launchers_wait_for_each_other() throws Exception {
        Tool.named("flock");
        for (String program : List.of("server/bin/tftpd", "client/bin/tftp", "codec/bin/build-jar")) {
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
            assertThat(one.awaitErrors(text -> text.contains("building"), RawSocketPeer.REPLY_TIMEOUT))
                    .isTrue();
            try (Run two = Run.start(folder, path, List.of(folder + "/client/bin/tftp"))) {
                long inode = (Long) Files.getAttribute(folder, "unix:ino");
                while (!isAwaited(inode)
                        && !(Files.exists(seen) && Files.readString(seen).contains("twice"))) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                }
                Files.writeString(folder.resolve("gate"), "go\n");
                Run.Result built = one.await();
                assertThat(built.exit()).as(built.toString()).isZero();
                assertThat(built.stderr())
                        .isEqualTo("tftpd: building " + folder + "/server/target/tftpd.jar first\n"
                                + "tftpd: Lockstep TFTP: Codec 0.1 [1/2]\n[ERROR] a fault\n");
                assertThat(two.await().exit()).as(two.printed()).isZero();
            }
        }
        assertThat(seen).hasContent("build");
        assertThat(folder.resolve("arguments")).content().contains("-Dstyle.color=never");
    }

    @Test
    void a_build_that_fails_ends_the_launcher_with_its_errors() throws IOException {
        for (String program : List.of("client/bin/tftp", "codec/bin/build-jar")) {
            Files.createDirectories(folder.resolve(program).getParent());
            Files.copy(Repository.ROOT.resolve(program), folder.resolve(program));
        }
        Path tools = Files.createDirectory(folder.resolve("tools"));
        script(tools.resolve("mvn"), "#!/bin/sh\necho '[ERROR] COMPILATION ERROR'\nexit 1\n");
        Map<String, String> path = Map.of("PATH", tools + ":" + System.getenv("PATH"));
        try (Run failed = Run.start(folder, path, List.of(folder + "/client/bin/tftp"))) {
            Run.Result result = failed.await();
            assertThat(result.exit()).as(result.toString()).isEqualTo(1);
            assertThat(result.stderr())
                    .isEqualTo("tftp: building " + folder + "/client/target/tftp.jar first\n"
                            + "[ERROR] COMPILATION ERROR\n");
        }
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
