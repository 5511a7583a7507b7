package dev.lockstep.tftp.service;

import static dev.lockstep.tftp.harness.Bytes.pattern;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Installation;
import dev.lockstep.tftp.harness.Repository;
import dev.lockstep.tftp.harness.Run;
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

/** Port 69 for a user other than root, in a network namespace in which no other process uses that port. */
@Timeout(120)
class WellKnownPortIT {
    private static final byte[] CONTENT = pattern(3_000);
    private static final int NOBODY = 65534;

    private Installation installed;

    @BeforeEach
    void install() throws IOException {
        Unprivileged.requirePossible();
        installed = new Installation();
        Files.write(installed.root().resolve("file"), CONTENT);
    }

    @AfterEach
    void remove() {
        if (installed != null) {
            installed.close();
        }
    }

    private Run start(String preparations, List<String> user) {
        List<String> command = new ArrayList<>(user);
        command.addAll(List.of(installed.tftpd(), "--root", installed.root().toString(), "127.0.0.1", "69"));
        return Unprivileged.start(Map.of("JAVA_OPTS", Repository.JAVA_OPTIONS), preparations, command);
    }

    @Test
    void is_served_for_the_user_nobody_with_only_the_needed_capability() throws IOException {
        try (Run daemon = start("", Unprivileged.user(NOBODY, "net_bind_service"))) {
            Unprivileged.awaitListening(daemon);
            assertThat(Files.readString(Path.of("/proc/" + daemon.pid() + "/status")))
                    .contains("Uid:\t65534\t65534", "CapEff:\t0000000000000400");
            Unprivileged.expectServed(daemon, "tftp://127.0.0.1/file", CONTENT);
            Unprivileged.expectCleanEnd(daemon);
        }
    }

    @Test
    void is_served_where_the_system_requires_no_capability() {
        String sysctl = "echo 69 >/proc/sys/net/ipv4/ip_unprivileged_port_start;";
        try (Run daemon = start(sysctl, Unprivileged.user(NOBODY))) {
            Unprivileged.awaitListening(daemon);
            Unprivileged.expectServed(daemon, "tftp://127.0.0.1/file", CONTENT);
            Unprivileged.expectCleanEnd(daemon);
        }
    }

    @Test
    void otherwise_one_line_reports_the_reason() {
        try (Run daemon = start("", Unprivileged.user(NOBODY))) {
            Run.Result end = daemon.await();
            assertThat(end.exit()).isEqualTo(1);
            assertThat(end.stderr())
                    .isEqualTo("tftpd: 127.0.0.1 port 69: Permission denied (expected: root with --user NAME,"
                            + " CAP_NET_BIND_SERVICE, a systemd socket, or a port from 1024, such as 6969)\n");
        }
    }
}
