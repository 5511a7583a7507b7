package dev.lockstep.tftp.server.internal.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lockstep.tftp.internal.transport.Transport;
import dev.lockstep.tftp.server.TftpServer;
import dev.lockstep.tftp.server.storage.MemoryStorage;
import dev.lockstep.tftp.server.storage.WriteRules;
import dev.lockstep.tftp.testing.NotifySocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ServiceNotifierTest {
    private static final long PID = 4711;

    @TempDir
    private Path folder;

    @BeforeEach
    void only_where_there_is_epoll() {
        assumeTrue(Transport.best() == Transport.EPOLL, "missing: epoll");
    }

    private static TftpServer start(ServiceNotifier notifier) throws IOException {
        return TftpServer.builder()
                .storage(new MemoryStorage(1, WriteRules.READ_ONLY))
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .eventLoops(2)
                .lifecycleListener(notifier)
                .start();
    }

    private static ServiceNotifier notifier(String... environment) {
        return ServiceNotifier.of(mapOf(environment), PID).orElseThrow();
    }

    private static Map<String, String> mapOf(String... pairs) {
        Map<String, String> map = new java.util.HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put(pairs[i], pairs[i + 1]);
        }
        return map;
    }

    @Test
    void the_service_manager_is_notified_of_start_reload_and_stop() throws Exception {
        String path = folder.resolve("notify").toString();
        try (NotifySocket manager = new NotifySocket(path)) {
            ServiceNotifier notifier = notifier("NOTIFY_SOCKET", path);
            try (TftpServer server = start(notifier)) {
                assertThat(manager.next()).isEqualTo("READY=1\nSTATUS=Listening on 127.0.0.1:" + server.port());
                notifier.reloading();
                assertThat(manager.next()).matches("RELOADING=1\nMONOTONIC_USEC=\\d+");
                notifier.reloaded();
                assertThat(manager.next()).isEqualTo("READY=1");
            }
            assertThat(manager.next()).isEqualTo("STOPPING=1");
        }
    }

    @Test
    void an_abstract_socket_name_is_supported() throws Exception {
        String name = "lockstep-" + UUID.randomUUID();
        try (NotifySocket manager = new NotifySocket("\0" + name);
                TftpServer server = start(notifier("NOTIFY_SOCKET", "@" + name))) {
            assertThat(manager.next()).startsWith("READY=1");
            server.stop(Duration.ZERO);
            assertThat(manager.next()).isEqualTo("STOPPING=1");
        }
    }

    @Test
    void the_watchdog_is_notified_while_the_event_loops_respond() throws Exception {
        String path = folder.resolve("notify").toString();
        try (NotifySocket manager = new NotifySocket(path);
                TftpServer server = start(notifier("NOTIFY_SOCKET", path, "WATCHDOG_USEC", "20000"))) {
            manager.next();
            for (int i = 0; i < 3; i++) {
                assertThat(manager.next()).isEqualTo("WATCHDOG=1");
            }
            server.stop(Duration.ZERO);
            assertThat(manager.until("STOPPING=1")).allMatch("WATCHDOG=1"::equals);
        }
    }

    @Test
    void the_watchdog_of_another_process_is_ignored() throws Exception {
        String path = folder.resolve("notify").toString();
        try (NotifySocket manager = new NotifySocket(path)) {
            Map<String, String> environment = Map.of("NOTIFY_SOCKET", path, "WATCHDOG_USEC", "1", "WATCHDOG_PID", "1");
            start(ServiceNotifier.of(environment, PID).orElseThrow()).close();
            assertThat(manager.next()).startsWith("READY=1");
            assertThat(manager.next()).isEqualTo("STOPPING=1");
        }
    }

    @Test
    void a_missing_service_manager_does_not_stop_the_server() throws Exception {
        start(notifier("NOTIFY_SOCKET", folder.resolve("missing").toString())).close();
        start(notifier("NOTIFY_SOCKET", "vsock:2:1234")).close();
    }

    @Test
    void without_a_manager_there_is_nothing_to_do() {
        assertThat(ServiceNotifier.of(Map.of(), PID)).isEmpty();
        assertThat(ServiceNotifier.of(Map.of("NOTIFY_SOCKET", ""), PID)).isEmpty();
        assertThatThrownBy(() -> notifier("NOTIFY_SOCKET", "/x", "WATCHDOG_USEC", "soon"))
                .hasMessage("WATCHDOG_USEC: soon (expected: microseconds)");
    }
}
