package dev.lockstep.tftp.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
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
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** A real Prometheus scrapes the daemon, and every query of the board and of the alerts has data. */
@Timeout(180)
class PrometheusIT {
    private static final Path SHIPPED = Repository.ROOT.resolve("server/deploy/monitoring");
    private static final String TOKEN = "correct-horse-battery-staple";
    private static final long DATA_SECONDS = 60;

    @TempDir
    private Path folder;

    private static Run.Result promtool(String... arguments) {
        List<String> command = new ArrayList<>(List.of(Tool.named("promtool")));
        command.addAll(List.of(arguments));
        return Run.run(command.toArray(String[]::new));
    }

    private static String shipped(String file) {
        return SHIPPED.resolve(file).toString();
    }

    @Test
    void the_alerts_are_valid_and_fire_when_they_should() {
        promtool("check", "rules", shipped("prometheus/alerts.yml")).assertExit(0);
        promtool("check", "config", shipped("prometheus/prometheus.yml")).assertExit(0);
        Run.Result tested = promtool("test", "rules", shipped("prometheus/alerts.test.yml"));
        assertThat(tested.exit()).as(tested.printed()).isZero();
        Set<Object> tests = new LinkedHashSet<>();
        yaml("prometheus/alerts.test.yml")
                .getAsJsonArray("tests")
                .forEach(group -> group.getAsJsonObject()
                        .getAsJsonArray("alert_rule_test")
                        .forEach(test -> tests.add(
                                test.getAsJsonObject().get("alertname").getAsString())));
        assertThat(rules())
                .hasSize(4)
                .allSatisfy(rule -> assertThat(tests).contains(rule.get("alert").getAsString()));
    }

    @Test
    void yamllint_reports_nothing() {
        Run.run(
                        Tool.named("yamllint"),
                        "--strict",
                        shipped("prometheus/alerts.yml"),
                        shipped("prometheus/prometheus.yml"),
                        shipped("kubernetes"))
                .assertExit(0);
    }

    private static JsonObject yaml(String file) {
        try {
            Object read = new Yaml().load(Files.readString(SHIPPED.resolve(file)));
            return new com.google.gson.Gson().toJsonTree(read).getAsJsonObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<JsonObject> rules() {
        List<JsonObject> rules = new ArrayList<>();
        yaml("prometheus/alerts.yml")
                .getAsJsonArray("groups")
                .forEach(group -> group.getAsJsonObject()
                        .getAsJsonArray("rules")
                        .forEach(rule -> rules.add(rule.getAsJsonObject())));
        return rules;
    }

    /** Returns what the alerts compare: the comparison itself has no data while all is well. */
    private static List<String> queriesOfAlerts() {
        return rules().stream()
                .map(rule -> rule.get("expr").getAsString())
                .peek(expression -> assertThat(expression).containsPattern("(?s) (==|>) [\\d.]+$"))
                .map(expression -> expression.replaceFirst("(?s) (==|>) [\\d.]+$", ""))
                .toList();
    }

    /** Returns the queries of all panels, with the variables of the board replaced as Grafana does. */
    private static List<String> queriesOfBoard() throws IOException {
        JsonObject board = JsonParser.parseString(Files.readString(SHIPPED.resolve("grafana/tftpd.json")))
                .getAsJsonObject();
        List<String> queries = new ArrayList<>();
        List<String> rows = new ArrayList<>();
        Set<Integer> ids = new LinkedHashSet<>();
        int panels = 0;
        for (JsonElement each : board.getAsJsonArray("panels")) {
            JsonObject panel = each.getAsJsonObject();
            assertThat(ids.add(panel.get("id").getAsInt())).as("unique id").isTrue();
            if (panel.get("type").getAsString().equals("row")) {
                rows.add(panel.get("title").getAsString());
                continue;
            }
            panels += rows.isEmpty() ? 1 : 0;
            for (JsonElement target : panel.getAsJsonArray("targets")) {
                queries.add(target.getAsJsonObject()
                        .get("expr")
                        .getAsString()
                        .replace("$job", "tftpd")
                        .replace("$instance", ".+")
                        .replace("$__rate_interval", "20s"));
            }
        }
        assertThat(panels).isEqualTo(8);
        assertThat(rows).containsExactly("Resources");
        assertThat(String.join("\n", queries)).doesNotContain("$");
        return queries;
    }

    @Test
    void every_query_of_the_board_and_the_alerts_has_data_under_load() throws Exception {
        Tool.needed("prometheus", "promtool");
        Path root = Files.createDirectory(folder.resolve("root"));
        Files.write(root.resolve("boot.img"), Bytes.pattern(200_000));
        Path token = Files.writeString(folder.resolve("token"), TOKEN + "\n");
        Path config = Files.writeString(
                folder.resolve("tftpd.toml"), "[[rule]]\nname = \"lab\"\nfiles = [\"secret*\"]\naction = \"deny\"\n");
        try (Daemon daemon = Daemon.serving(
                root, "--config", config.toString(), "--http", "0", "--http-token-file", token.toString(), "--quiet")) {
            int http = HttpText.portOf(daemon);
            assertThat(HttpText.get(http, "/metrics").statusCode()).isEqualTo(401);
            int prometheus = freePort();
            try (Run scraper = startPrometheus(prometheus, http, token);
                    Run load = ClientProcess.tftp(
                            folder,
                            "load",
                            "tftp://127.0.0.1:" + daemon.port() + "/{n}.img".replace("{n}", "boot"),
                            "--concurrency",
                            "4",
                            "--rate",
                            "50",
                            "--duration",
                            Long.toString(DATA_SECONDS),
                            "--quiet")) {
                refusedGet(daemon, "none");
                refusedGet(daemon, "secret");
                Set<String> missing = new LinkedHashSet<>(queriesOfBoard());
                missing.addAll(queriesOfAlerts());
                long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DATA_SECONDS);
                while (!missing.isEmpty() && System.nanoTime() < deadline) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
                    missing.removeIf(query -> hasData(scraper, prometheus, query));
                }
                assertThat(missing).as("queries without data").isEmpty();
                assertThat(query(prometheus, "tftp_server_refusals_total{rule=\"lab\",code=\"2\"}"))
                        .contains("\"1\"]");
                assertThat(query(prometheus, "up{job=\"tftpd\"}")).contains("\"1\"]");
                load.kill();
            }
            String metrics = HttpText.get(http, "/metrics", "Authorization", "Bearer " + TOKEN)
                    .body();
            Path file = Files.writeString(folder.resolve("metrics"), metrics);
            Run.Result lint = Run.run("sh", "-c", Tool.named("promtool") + " check metrics < " + file);
            assertThat(lint.exit()).as(lint.printed()).isZero();
            assertThat(lint.printed()).isEmpty();
            assertThat(daemon.printed()).doesNotContain(TOKEN);
        }
    }

    private void refusedGet(Daemon daemon, String file) {
        try (Run get = ClientProcess.tftp(folder, "get", "tftp://127.0.0.1:" + daemon.port() + "/" + file)) {
            get.await().assertExit(1);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Starts Prometheus with the configuration that is shipped, for another target and more often. */
    private Run startPrometheus(int port, int target, Path token) throws IOException {
        Files.copy(SHIPPED.resolve("prometheus/alerts.yml"), folder.resolve("alerts.yml"));
        String config = Files.readString(SHIPPED.resolve("prometheus/prometheus.yml"))
                .replace("interval: 15s", "interval: 1s")
                .replace("127.0.0.1:9169", "127.0.0.1:" + target)
                .replace(
                        "  - job_name: tftpd\n",
                        "  - job_name: tftpd\n    authorization:\n      credentials_file: " + token + "\n");
        Path file = Files.writeString(folder.resolve("prometheus.yml"), config);
        return Run.start(
                folder,
                Map.of(),
                List.of(
                        Tool.named("prometheus"),
                        "--config.file=" + file,
                        "--storage.tsdb.path=" + folder.resolve("tsdb"),
                        "--web.listen-address=127.0.0.1:" + port));
    }

    private static boolean hasData(Run scraper, int port, String expression) {
        assertThat(scraper.isAlive()).as(scraper.printed()).isTrue();
        try {
            return query(port, expression).contains("\"value\":[");
        } catch (UncheckedIOException e) {
            return false; // Prometheus does not listen yet
        }
    }

    private static String query(int port, String expression) {
        String reply = HttpText.get(
                        port, "/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8))
                .body();
        assertThat(reply).doesNotContain("\"error\"");
        return reply;
    }
}
