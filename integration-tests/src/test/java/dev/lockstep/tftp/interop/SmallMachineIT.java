package dev.lockstep.tftp.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.ControlGroup;
import dev.lockstep.tftp.harness.Repository;
import dev.lockstep.tftp.harness.Run;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The daemon with its usual flags of the virtual machine, in a control group that limits its memory. */
@Timeout(120)
class SmallMachineIT {
    private static final long LIMIT = 128 << 20;
    private static final int CLIENTS = 1000;

    @TempDir
    private Path root;

    /** Also shows that the flags of the launcher apply to the jar. */
    @Test
    void a_limit_of_128_mib_is_enough_for_a_thousand_transfers() throws IOException {
        String content = Content.summary(Content.write(root.resolve("file"), 32 << 10));
        String options = "@" + Repository.ROOT.resolve("server/bin/jvm.options");
        List<String> command = List.of(
                System.getProperty("java.home") + "/bin/java",
                "-jar",
                Repository.ROOT.resolve("server/target/tftpd.jar").toString(),
                "--root",
                root.toString(),
                "--quiet",
                "--buffer-memory",
                "24M",
                "--max-transfers-per-client",
                Integer.toString(CLIENTS),
                "127.0.0.1",
                "0");
        try (ControlGroup group = ControlGroup.limited(LIMIT);
                Run daemon = Run.start(
                        root,
                        Map.of("JDK_JAVA_OPTIONS", options),
                        Stream.concat(group.starter().stream(), command.stream())
                                .toList())) {
            int port =
                    Integer.parseInt(daemon.awaitLine("Listening port (\\d+)").group(1));

            List<String> results = DownloadSwarm.run(new InetSocketAddress("127.0.0.1", port), "file", 1428, CLIENTS);

            assertThat(results).hasSize(CLIENTS).containsOnly(content);
            assertThat(daemon.isAlive()).isTrue();
            assertThat(group.processes()).containsExactly("" + daemon.pid());
            Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
            assertThat(Run.run(jcmd.toString(), "" + daemon.pid(), "VM.flags").output())
                    .contains("-XX:MaxHeapSize=" + (160L << 20), "-XX:+UseSerialGC");
        }
    }
}
