package dev.lockstep.tftp.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.lockstep.tftp.internal.transport.Transport;
import dev.lockstep.tftp.server.ReloadablePolicy;
import dev.lockstep.tftp.server.TftpServer;
import dev.lockstep.tftp.server.internal.http.ConfigurationView;
import dev.lockstep.tftp.server.internal.logging.LogCapture;
import dev.lockstep.tftp.server.internal.metrics.ReloadCounters;
import dev.lockstep.tftp.server.internal.service.ServiceNotifier;
import dev.lockstep.tftp.server.rules.ConfigException;
import dev.lockstep.tftp.server.rules.RulePolicy;
import dev.lockstep.tftp.server.storage.MemoryStorage;
import dev.lockstep.tftp.server.storage.WriteRules;
import dev.lockstep.tftp.testing.NotifySocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ReloadTest {
    @TempDir
    private Path folder;

    @RegisterExtension
    final LogCapture lines = new LogCapture(Level.INFO);

    private Configuration configuration(String rule) throws IOException, ConfigException {
        Path file = Files.writeString(folder.resolve("tftpd.toml"), "[[rule]]\n" + rule);
        return Configuration.of("--config", file.toString(), "--root", folder.toString());
    }

    @Test
    void a_glob_with_an_invalid_range_is_reported_with_its_line_and_the_rules_stay() throws Exception {
        Configuration configuration = configuration("files = [\"a*\"]");
        TftpdCommand command = Invocation.parsed(configuration);
        RulePolicy rules = command.rulesInPlaceOf(command);
        ReloadablePolicy<RulePolicy> policy = new ReloadablePolicy<>(rules);
        Files.writeString(folder.resolve("tftpd.toml"), "[[rule]]\nfiles = [\"[z-a]*\"]");
        RunningConfiguration shown = new RunningConfiguration(command, Path.of("tftpd.toml"), rules);
        Reload reload =
                new Reload(configuration, command, policy, Optional.empty(), new ReloadCounters(), Optional.of(shown));
        reload.reload();
        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "tftpd.toml line 2: files: [z-a]* (expected: ranges such as [a-z])",
                        "reload failed, keeping the previous configuration");
        assertThat(shown.current().problems())
                .containsExactly("tftpd.toml line 2: files: [z-a]* (expected: ranges such as [a-z])");
        assertThat(conditions(shown)).containsExactly("like a*", "");
        Files.writeString(folder.resolve("tftpd.toml"), "[[rule]]\nfiles = [\"b*\"]");
        reload.reload();
        assertThat(shown.current().problems()).isEmpty();
        assertThat(shown.current().reloads()).isEqualTo(1);
        assertThat(conditions(shown)).containsExactly("like b*", "");
    }

    private static List<String> conditions(RunningConfiguration shown) {
        return shown.current().rules().stream()
                .map(ConfigurationView.RuleInForce::condition)
                .toList();
    }

    @Test
    void the_page_explains_a_request_by_the_rules_in_force() throws Exception {
        Files.writeString(folder.resolve("a.txt"), "a");
        TftpdCommand command = Invocation.parsed(configuration("files = [\"b*\"]\naction = \"deny\""));
        RunningConfiguration shown =
                new RunningConfiguration(command, Path.of("tftpd.toml"), command.rulesInPlaceOf(command));
        ConfigurationView.Answer granted = shown.explain(" 192.0.2.7 ", "read", "a.txt", " blksize=1024  tsize=0 ")
                .toCompletableFuture()
                .get();
        assertThat(granted.isGranted()).isTrue();
        assertThat(granted.lines())
                .contains("no rule matches", "granted")
                .anyMatch(line -> line.startsWith("option blksize=1024: 1024"))
                .anyMatch(line -> line.startsWith("option tsize=0: 1"));
        assertThat(shown.explain("192.0.2.7", "read", "b.txt", "")
                        .toCompletableFuture()
                        .get()
                        .lines())
                .last()
                .asString()
                .startsWith("refused: not allowed (rule 1");
        assertThatThrownBy(() -> shown.explain("host.example", "read", "a", "")
                        .toCompletableFuture()
                        .get())
                .hasCauseInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("host.example (expected: an address");
        assertThatThrownBy(() -> shown.explain("192.0.2.7", "read", "a", "blksize")
                        .toCompletableFuture()
                        .get())
                .hasMessageContaining("option: blksize (expected: OPTION=VALUE)");
        assertThatThrownBy(() -> shown.explain("192.0.2.7", "steal", "a", "")
                        .toCompletableFuture()
                        .get())
                .hasMessageContaining("operation: steal (expected: read or write)");
    }

    @Test
    void the_service_manager_is_notified_of_the_end_of_a_failed_reload() throws Exception {
        assumeTrue(Transport.best() == Transport.EPOLL);
        String path = folder.resolve("notify").toString();
        ServiceNotifier notifier =
                ServiceNotifier.of(Map.of("NOTIFY_SOCKET", path), 1).orElseThrow();
        try (NotifySocket manager = new NotifySocket(path);
                TftpServer server = TftpServer.builder()
                        .storage(new MemoryStorage(1, WriteRules.READ_ONLY))
                        .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .eventLoops(1)
                        .lifecycleListener(notifier)
                        .start()) {
            assertThat(server.isServing()).isTrue();
            assertThat(manager.next()).startsWith("READY=1");
            TftpdCommand nothingBefore = null;
            new Reload(
                            configuration(""),
                            nothingBefore,
                            null,
                            Optional.of(notifier),
                            new ReloadCounters(),
                            Optional.empty())
                    .reload();
            assertThat(manager.next()).startsWith("RELOADING=1");
            assertThat(manager.next()).isEqualTo("READY=1");
        }
        assertThat(lines.list).singleElement().satisfies(line -> {
            assertThat(line.getFormattedMessage()).startsWith("reload failed: ");
            assertThat(line.getThrowableProxy()).isNull();
        });
    }
}
