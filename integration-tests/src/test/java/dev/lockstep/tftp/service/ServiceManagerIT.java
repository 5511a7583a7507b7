package dev.lockstep.tftp.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Daemon;
import dev.lockstep.tftp.testing.NotifySocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The notifications of the daemon to a service manager (sd_notify(3)). */
@Timeout(120)
class ServiceManagerIT {
    @TempDir
    private Path root;

    @Test
    void it_is_notified_when_the_daemon_serves_lives_and_stops() throws Exception {
        String path = root.resolve("notify").toString();
        try (NotifySocket manager = new NotifySocket(path)) {
            Map<String, String> environment = Map.of("NOTIFY_SOCKET", path, "WATCHDOG_USEC", "100000");
            try (Daemon daemon = Daemon.servingWith(environment, root)) {
                assertThat(manager.next()).isEqualTo("READY=1\nSTATUS=Listening on 127.0.0.1:" + daemon.port());
                for (int i = 0; i < 5; i++) {
                    assertThat(manager.next()).isEqualTo("WATCHDOG=1");
                }
            }
            assertThat(manager.until("STOPPING=1")).allMatch("WATCHDOG=1"::equals);
        }
    }

    @Test
    void it_is_notified_of_a_reload_even_if_nothing_changes() throws Exception {
        String path = root.resolve("notify").toString();
        Path config = Files.writeString(root.resolve("tftpd.toml"), "writable = true\n");
        try (NotifySocket manager = new NotifySocket(path);
                Daemon daemon =
                        Daemon.servingWith(Map.of("NOTIFY_SOCKET", path), root, "--config", config.toString())) {
            assertThat(manager.next()).startsWith("READY=1\n");
            daemon.hangUp();
            assertThat(manager.next()).startsWith("RELOADING=1\nMONOTONIC_USEC=");
            assertThat(manager.next()).isEqualTo("READY=1");
            Files.writeString(config, "no sense");
            daemon.hangUp();
            assertThat(manager.next()).startsWith("RELOADING=1\n");
            assertThat(manager.next()).isEqualTo("READY=1");
            daemon.awaitLine("the reason", line -> line.contains("reload failed"));
        }
    }
}
