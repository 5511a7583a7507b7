package dev.lockstep.tftp.service;

import static dev.lockstep.tftp.harness.Bytes.pattern;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lockstep.tftp.harness.Installation;
import dev.lockstep.tftp.harness.NetworkNamespace;
import dev.lockstep.tftp.harness.RawPeer;
import dev.lockstep.tftp.harness.Repository;
import dev.lockstep.tftp.harness.Run;
import dev.lockstep.tftp.harness.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Port 69 for a user who is not root, in a network of its own, where nobody else has that port. */
@Timeout(120)
class WellKnownPortIT {
    private static final byte[] CONTENT = pattern(3_000);
    private static final List<String> NOBODY = List.of(
            "setpriv",
            "--reuid",
            "65534",
            "--regid",
            "65534",
            "--clear-groups",
            "--no-new-privs",
            "--inh-caps",
            "-all");

    @TempDir
    private Path folder;

    private Installation installed;

    @BeforeEach
    void install() throws IOException {
        assumeTrue(NetworkNamespace.possible());
        Tool.named("setpriv");
        installed = new Installation();
        Files.write(installed.root().resolve("file"), CONTENT);
    }

    @AfterEach
    void remove() {
        if (installed != null) {
            installed.close();
        }
    }

    /** As that user on port 69 of the loopback, after a line of preparations by root. */
    private Run start(String preparations, List<String> user) {
        List<String> command = new ArrayList<>(List.of("unshare", "-n", "sh", "-c"));
        command.addAll(List.of("ip link set lo up; " + preparations + " exec \"$@\"", "sh"));
        command.addAll(user);
        command.addAll(List.of(installed.tftpd(), "--root", installed.root().toString(), "--drain", "0"));
        command.addAll(List.of("127.0.0.1", "69"));
        return Run.start(installed.root(), Map.of("JAVA_OPTS", Repository.JAVA_OPTIONS), command);
    }

    private void expectServed(Run daemon) {
        assertThat(daemon.awaitOutput("Listening port 69\n"::equals, RawPeer.PATIENCE))
                .as(daemon.printed())
                .isTrue();
        String client = Repository.ROOT.resolve("client/bin/tftp").toString();
        String net = "--net=/proc/" + daemon.pid() + "/ns/net";
        Path target = folder.resolve("got");
        Run.Result got = Run.run("nsenter", net, client, "get", "tftp://127.0.0.1/file", "-o", target.toString());
        assertThat(got.exit()).as(got.toString()).isZero();
        assertThat(target).hasBinaryContent(CONTENT);
        daemon.terminate();
        Run.Result end = daemon.await();
        assertThat(end.exit()).as(end.toString()).isZero();
    }

    @Test
    void is_served_by_nobody_with_the_one_capability_it_takes() throws IOException {
        List<String> user = new ArrayList<>(NOBODY.subList(0, NOBODY.size() - 2));
        user.addAll(List.of("--inh-caps", "-all,+net_bind_service", "--ambient-caps", "+net_bind_service"));
        try (Run daemon = start("", user)) {
            daemon.awaitOutput(text -> text.startsWith("Listening"), RawPeer.PATIENCE);
            assertThat(Files.readString(Path.of("/proc/" + daemon.pid() + "/status")))
                    .contains("Uid:\t65534\t65534", "CapEff:\t0000000000000400");
            expectServed(daemon);
        }
    }

    @Test
    void is_served_where_the_system_says_it_takes_none() {
        try (Run daemon = start("echo 69 >/proc/sys/net/ipv4/ip_unprivileged_port_start;", NOBODY)) {
            expectServed(daemon);
        }
    }

    @Test
    void otherwise_one_line_says_why_not() {
        try (Run daemon = start("", NOBODY)) {
            Run.Result end = daemon.await();
            assertThat(end.exit()).isEqualTo(1);
            assertThat(end.stderr()).matches("tftpd: 127\\.0\\.0\\.1 port 69: .*Permission denied\\n");
        }
    }
}
