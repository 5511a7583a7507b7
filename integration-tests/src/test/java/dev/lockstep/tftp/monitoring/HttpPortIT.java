package dev.lockstep.tftp.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Bytes;
import dev.lockstep.tftp.harness.ClientProcess;
import dev.lockstep.tftp.harness.Daemon;
import dev.lockstep.tftp.harness.HttpText;
import dev.lockstep.tftp.harness.Repository;
import dev.lockstep.tftp.harness.Run;
import dev.lockstep.tftp.harness.Tool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The HTTP port of the daemon and of the load test as processes. */
@Timeout(120)
class HttpPortIT {
    /** The classes that must not be loaded while the port is off. */
    private static final Pattern CLASSES =
            Pattern.compile(" (io\\.prometheus|[\\w.]+\\.codec\\.http|[\\w.]+\\.internal\\.http|"
                    + "[\\w.]+\\.internal\\.metrics\\.(ServerCollector|MetricsResource|MetricSet))\\b\\S*");

    @TempDir
    private Path folder;

    @BeforeEach
    void writeFile() throws IOException {
        Files.write(folder.resolve("boot.img"), Bytes.pattern(100_000));
    }

    private Daemon start(Path classes, String... flags) {
        return Daemon.servingWith(Map.of("JAVA_OPTS", "-Xlog:class+load:file=" + classes), folder, flags);
    }

    private static List<String> classesIn(Path log) throws IOException {
        return CLASSES.matcher(Files.readString(log))
                .results()
                .map(MatchResult::group)
                .toList();
    }

    /** Returns the names of the threads of a process. */
    private static List<String> threads(long pid) {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
            return tasks.map(task -> {
                        try {
                            return Files.readString(task.resolve("comm")).strip();
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    })
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void nothing_is_loaded_and_no_thread_runs_while_the_port_is_off() throws Exception {
        Tool.needed("curl");
        Path off = folder.resolve("off.log");
        try (Daemon daemon = start(off)) {
            assertThat(daemon.fetch("boot.img")).hasSize(100_000);
            assertThat(daemon.printed()).doesNotContain("HTTP port");
            assertThat(threads(daemon.pid())).noneMatch(name -> name.startsWith("http"));
        }
        assertThat(Files.readString(off)).contains("dev.lockstep.tftp.server.TftpServer ");
        assertThat(classesIn(off)).isEmpty();

        Path on = folder.resolve("on.log");
        try (Daemon daemon = start(on, "--http", "0")) {
            int port = HttpText.portOf(daemon);
            assertThat(HttpText.get(port, "/metrics").body()).contains("tftp_server_build_info{version=");
            assertThat(HttpText.get(port, "/healthz").body()).isEqualTo("ok\n");
            assertThat(threads(daemon.pid())).anyMatch(name -> name.startsWith("http"));
            HttpResponse<String> rebound = HttpText.get(port, "/metrics", "Origin", "http://evil.example");
            assertThat(rebound.statusCode()).isEqualTo(403);
            assertThat(Run.run("curl", "-s", "-H", "Host: 127.evil.com", "http://127.0.0.1:" + port + "/metrics")
                            .output())
                    .startsWith("host not allowed");
        }
        assertThat(classesIn(on))
                .contains(" dev.lockstep.tftp.internal.http.HttpPort")
                .anyMatch(name -> name.startsWith(" io.prometheus."))
                .anyMatch(name -> name.startsWith(" io.netty.handler.codec.http."));
    }

    /** The configuration of the documentation, without the certificate. */
    private String proxyConfig(int listen, int target) throws IOException {
        String page = Files.readString(Repository.ROOT.resolve("docs/monitoring.md"));
        String server = page.substring(page.indexOf("server {"), page.indexOf("```", page.indexOf("server {")));
        return "pid nginx.pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n"
                + Stream.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
                        .map(kind -> kind + "_temp_path " + kind + ";\n")
                        .collect(Collectors.joining())
                + server.replace("443 ssl", "127.0.0.1:" + listen).replace("9169", Integer.toString(target))
                + "}\n";
    }

    @Test
    void a_proxy_passes_on_the_name_that_is_listed_and_events_at_once() throws Exception {
        String nginx = Tool.named("nginx", Path.of("/usr/sbin/nginx"));
        Tool.needed("curl");
        int listen;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            listen = socket.getLocalPort();
        }
        try (Daemon daemon = Daemon.serving(folder, "--quiet", "--http", "0", "--http-host", "boot.example.org")) {
            Path config = Files.writeString(folder.resolve("nginx.conf"), proxyConfig(listen, HttpText.portOf(daemon)));
            try (Run proxy = Run.start(
                    folder,
                    Map.of(),
                    List.of(nginx, "-p", folder.toString(), "-c", config.toString(), "-g", "daemon off;"))) {
                String base = "http://127.0.0.1:" + listen;
                Run.Result ready = Run.run(
                        "curl",
                        "-s",
                        "--retry",
                        "20",
                        "--retry-connrefused",
                        "--retry-delay",
                        "1",
                        "-H",
                        "Host: boot.example.org",
                        base + "/readyz");
                assertThat(ready.output()).as(proxy.printed()).isEqualTo("ready\n");
                assertThat(Run.run("curl", "-s", "-H", "Host: evil.example", base + "/readyz")
                                .output())
                        .startsWith("host not allowed");
                Run.Result events = Run.run("curl", "-sN", "-m", "5", "-H", "Host: boot.example.org", base + "/events");
                assertThat(events.exit()).as("still open after 5 s").isEqualTo(28);
                assertThat(events.output().lines().filter(line -> line.startsWith("data: ")))
                        .as("one event per second, not collected by the proxy")
                        .hasSizeGreaterThan(1);
                proxy.terminate();
                proxy.await();
            }
        }
    }

    @Test
    void a_load_test_serves_its_numbers_while_it_runs() {
        try (Daemon daemon = Daemon.serving(folder, "--quiet");
                Run load = ClientProcess.tftp(
                        folder,
                        "load",
                        "tftp://127.0.0.1:" + daemon.port() + "/boot.img",
                        "--concurrency",
                        "2",
                        "--rate",
                        "100",
                        "--duration",
                        "60",
                        "--http",
                        "0")) {
            load.awaitErrors(text -> text.contains("HTTP port "), Duration.ofSeconds(60));
            int port = HttpText.portIn(load.printed());
            String progress;
            do {
                progress = HttpText.get(port, "/api/progress").body();
            } while (progress.contains("\"completed\":0,"));
            assertThat(progress)
                    .matches("\\{\"warm_up\":false,\"seconds\":[\\d.]+,\"started\":\\d+,.*,\"failed\":0,.*}");
            assertThat(HttpText.get(port, "/metrics").body())
                    .containsPattern("tftp_load_transfers_total\\{result=\"complete\"} [1-9]")
                    .containsPattern("tftp_load_transfer_duration_seconds_bucket\\{le=\"\\+Inf\"} [1-9]")
                    .contains("tftp_load_transfers_total{result=\"failed\"} 0.0\n", "process_cpu_seconds_total");
            assertThat(HttpText.get(port, "/healthz").statusCode()).isEqualTo(200);
            load.terminate();
            assertThat(load.await().output()).contains(" complete, 0 failed");
        }
    }
}
