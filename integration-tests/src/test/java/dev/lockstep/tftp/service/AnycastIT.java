package dev.lockstep.tftp.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Daemon;
import dev.lockstep.tftp.harness.HttpText;
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
import org.junit.jupiter.params.provider.ValueSource;

/** The example of replicas behind equal-cost routes: BIRD and systemd accept its files, and its script follows the daemon. */
@Timeout(120)
class AnycastIT {
    private static final Path FILES = Repository.ROOT.resolve("server/deploy/anycast");
    private static final Path SCRIPT = FILES.resolve("tftpd-anycast");

    private static final String FIRST = "x".repeat(512);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"replica.conf", "router.conf"})
    void bird_accepts_the_configuration(String file) {
        String bird = Tool.named("bird", Path.of("/usr/sbin/bird"));
        Run.run(bird, "-p", "-c", FILES.resolve(file).toString()).assertExit(0);
    }

    @Test
    void systemd_accepts_the_unit_and_the_drop_in() throws IOException {
        Tool.needed("systemd-analyze");
        Path unit = folder.resolve("tftpd-anycast.service");
        Files.writeString(
                unit,
                Files.readString(FILES.resolve(unit.getFileName()))
                        .replace("/usr/local/sbin/tftpd-anycast", SCRIPT.toString())
                        .replace("Requires=bird.service\n", ""));
        Path daemon = folder.resolve("tftpd.service");
        String program = Repository.ROOT.resolve("server/bin/tftpd").toString();
        Files.writeString(
                daemon,
                Files.readString(FILES.resolve("../systemd/tftpd.service")).replace("/usr/bin/tftpd", program));
        Path dropIn = Files.createDirectory(folder.resolve("tftpd.service.d")).resolve("tftpd.conf");
        Files.writeString(
                dropIn,
                Files.readString(FILES.resolve("tftpd.conf"))
                        .replace("/usr/local/sbin/tftpd-anycast", SCRIPT.toString())
                        .replace("/usr/bin/tftpd", program));
        Run.Result result = Run.run("systemd-analyze", "verify", "--man=no", unit.toString(), daemon.toString())
                .assertExit(0);
        assertThat(result.printed()).isEmpty();
    }

    @Test
    void the_address_is_announced_from_the_start_until_the_drain_has_ended() throws IOException {
        Tool.needed("curl");
        Path calls = Files.createFile(folder.resolve("calls"));
        Path birdc = Files.writeString(folder.resolve("birdc"), "#!/bin/sh\necho \"$*\" >>" + calls + "\n");
        Files.setPosixFilePermissions(birdc, PosixFilePermissions.fromString("rwx------"));
        Files.writeString(folder.resolve("file"), FIRST + "hello");
        try (Daemon daemon = Daemon.serving(folder, "--replica", "--http", "0", "--drain", "60");
                Run watch = Run.start(folder, environment(daemon, birdc), List.of(SCRIPT.toString(), "watch"));
                RawSocketPeer client = new RawSocketPeer()) {
            awaitCall(calls, "enable anycast");
            client.sendTo(daemon.port(), 0, 1, "file", 0, "octet", 0);
            client.expect(0, 3, 0, 1, FIRST);
            client.send(0, 4, 0, 1);
            client.expect(0, 3, 0, 2, "hello");
            daemon.interrupt();
            daemon.awaitLine("the drain", line -> line.equals("Interrupt, quitting..."));
            for (int i = 0; i < 3; i++) {
                client.expect(0, 3, 0, 2, "hello"); // retransmitted while the script asks again and again
            }
            assertThat(Files.readAllLines(calls)).containsOnly("enable anycast");
            client.send(0, 4, 0, 2);
            awaitCall(calls, "disable anycast");
            assertThat(watch.isAlive()).isTrue();
        }
    }

    private static Map<String, String> environment(Daemon daemon, Path birdc) {
        return Map.of(
                "BIRDC",
                birdc.toString(),
                "TFTPD_READY_INTERVAL",
                "0.1",
                "TFTPD_READY_URL",
                "http://127.0.0.1:" + HttpText.portOf(daemon) + "/readyz");
    }

    private static void awaitCall(Path calls, String expected) throws IOException {
        long deadline = System.nanoTime() + RawSocketPeer.REPLY_TIMEOUT.toNanos();
        while (!Files.readAllLines(calls).contains(expected)) {
            assertThat(System.nanoTime()).as("time to " + expected).isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }
}
