package dev.lockstep.tftp.server.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.event.RefusalReason;
import dev.lockstep.tftp.event.TransferEvent.Refused;
import dev.lockstep.tftp.event.TransferEvent.Started;
import dev.lockstep.tftp.internal.http.HttpPort;
import dev.lockstep.tftp.negotiation.TransferSettings;
import dev.lockstep.tftp.server.TftpServer;
import dev.lockstep.tftp.server.internal.http.ConfigurationView.Answer;
import dev.lockstep.tftp.server.internal.http.ConfigurationView.Current;
import dev.lockstep.tftp.server.internal.http.ConfigurationView.RuleInForce;
import dev.lockstep.tftp.server.storage.MemoryStorage;
import dev.lockstep.tftp.server.storage.WriteRules;
import dev.lockstep.tftp.testing.Counted;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The page on a real port, with the events of transfers that do not exist. */
class LivePageTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final TransferMonitor MONITOR =
            new TransferMonitor((request, peer) -> "none", System::nanoTime, System::currentTimeMillis);

    private static TftpServer server;
    private static HttpPort port;

    /** A configuration with one rule that denies. */
    private static final class OneRule implements ConfigurationView {
        @Override
        public Current current() {
            return new Current(
                    3,
                    "/etc/tftpd.toml",
                    1000,
                    1,
                    2000,
                    List.of("tftpd.toml line 7: <b>: unknown key"),
                    List.of("rule 2 never matches"),
                    List.of(new RuleInForce("rule 1", "like *.key", "denied", true)));
        }

        @Override
        public CompletionStage<Answer> explain(String client, String operation, String file, String options) {
            return switch (file) {
                case "busy" -> CompletableFuture.failedFuture(new RejectedExecutionException());
                case "fault" ->
                    CompletableFuture.supplyAsync(() -> {
                        throw new IllegalStateException("secret detail");
                    });
                case "wrong" -> CompletableFuture.failedFuture(new IllegalArgumentException("client: x (expected: y)"));
                default ->
                    CompletableFuture.supplyAsync(() ->
                            new Answer(false, List.of("rule 1", "refused: " + client + operation + file + options)));
            };
        }
    }

    @BeforeAll
    static void start() throws Exception {
        InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        server = TftpServer.builder()
                .storage(new MemoryStorage(1, WriteRules.READ_ONLY))
                .listen(loopback)
                .eventLoops(1)
                .start();
        for (int i = 0; i < 250; i++) {
            InetSocketAddress peer = new InetSocketAddress("192.0.2." + i % 10, 1000 + i);
            MONITOR.on(new Started(
                    i + 1,
                    peer,
                    new ReadRequest("file" + i, TransferMode.OCTET, Options.NONE),
                    TransferSettings.PLAIN,
                    Options.NONE,
                    Counted.stats(i, 1)));
        }
        MONITOR.on(new Refused(
                300,
                new InetSocketAddress("192.0.2.1", 1),
                new ReadRequest("<script>\u202e\n", TransferMode.OCTET, Options.NONE),
                RefusalReason.STORAGE,
                new TftpException(ErrorCode.FILE_NOT_FOUND, "file not found")));
        MONITOR.sample();
        LivePage page = new LivePage(MONITOR, new OneRule(), "1.2.3", System::currentTimeMillis);
        HttpPort.Builder settings = HttpPort.builder();
        page.addTo(settings, server);
        port = settings.start();
    }

    @AfterAll
    static void stop() {
        port.close();
        server.close();
    }

    private static HttpRequest request(String path) {
        return HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + port.address().getPort() + path))
                .build();
    }

    private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return CLIENT.send(request(path), BodyHandlers.ofString());
    }

    @ParameterizedTest
    @CsvSource({
        "/,text/html",
        "/page.js,text/javascript",
        "/format.js,text/javascript",
        "/table.js,text/javascript",
        "/charts.js,text/javascript",
        "/chart.js,text/javascript",
        "/page.css,text/css",
        "/icon.svg,image/svg+xml"
    })
    void the_page_consists_of_files_of_the_jar_without_inline_script_or_style(String path, String type)
            throws Exception {
        HttpResponse<String> reply = get(path);
        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.headers().firstValue("Content-Type").orElse("")).startsWith(type);
        if (path.equals("/")) {
            assertThat(reply.body())
                    .doesNotContain("style=", "<style", "javascript:", "onclick", "http://", "https://");
            assertThat(reply.body()).doesNotContainPattern("<script(?! src=)");
        }
    }

    @Test
    void a_snapshot_has_some_rows_and_the_number_of_all() throws Exception {
        HttpResponse<java.io.InputStream> events = CLIENT.send(request("/events"), BodyHandlers.ofInputStream());
        String snapshot;
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(events.body(), StandardCharsets.UTF_8))) {
            snapshot = lines.lines()
                    .filter(line -> line.startsWith("data: "))
                    .findFirst()
                    .orElseThrow();
        }
        assertThat(snapshot)
                .contains("\"version\":\"1.2.3\"", "\"state\":\"serving\"", "\"configuration\":3")
                .contains("\"running\":{\"count\":250,\"writes\":0,\"rows\":[{\"id\":1,\"peer\":\"192.0.2.0:1000\"")
                .contains("\"id\":50,")
                .doesNotContain("\"id\":51,")
                .contains("\"file\":\"<script>\\\\u{202e}\\\\x0a\"")
                .hasSizeLessThan(20_000);
    }

    @Test
    void all_running_transfers_are_filtered_sorted_and_paged() throws Exception {
        assertThat(get("/api/transfers").body()).contains("\"count\":250,\"matching\":250", "\"id\":100,");
        assertThat(get("/api/transfers?filter=192.0.2.7:%20FILE17&sort=progress&order=desc")
                        .body())
                .startsWith("{\"count\":250,\"matching\":2,\"rows\":[{\"id\":178,")
                .contains("{\"id\":18,")
                .contains("\"bytes\":177,\"bytes_per_second\":");
        assertThat(get("/api/transfers?sort=age&offset=248&limit=5").body())
                .contains("\"matching\":250,\"rows\":[{\"id\":2,", "{\"id\":1,");
        assertThat(get("/api/transfers?filter=nothing").body()).contains("\"matching\":0,\"rows\":[]");
    }

    @Test
    void ended_transfers_are_listed_from_a_number_on() throws Exception {
        assertThat(get("/api/transfers?list=recent&filter=not%20found").body())
                .startsWith("{\"last\":1,\"matching\":1,\"rows\":[{\"number\":1,")
                .contains("\"result\":\"refused\"", "\"reason\":\"file not found\"")
                .doesNotContain("\"bytes\"");
        assertThat(get("/api/transfers?list=recent&after=1").body()).contains("\"rows\":[]");
        assertThat(get("/api/rates").body()).startsWith("{\"rates\":[[1,");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "list=all",
                "sort=colour",
                "order=up",
                "limit=1001",
                "limit=-1",
                "offset=x",
                "offset=99999999999",
                "list=recent&after=1.5",
                "list=recent&sort=rate"
            })
    void a_parameter_that_is_not_valid_is_named(String query) throws Exception {
        HttpResponse<String> reply = get("/api/transfers?" + query);
        assertThat(reply.statusCode()).isEqualTo(400);
        String name = query.substring(query.lastIndexOf('&') + 1).split("=")[0];
        assertThat(reply.body()).startsWith(name + ": ").contains("(expected: ");
    }

    @Test
    void the_configuration_has_its_rules_and_the_errors_of_the_last_reload() throws Exception {
        assertThat(get("/api/configuration").body())
                .contains("\"version\":3,\"file\":\"/etc/tftpd.toml\",\"loaded_ms\":1000,\"reloads\":1")
                .contains("\"failure\":{\"time_ms\":2000,\"problems\":[\"tftpd.toml line 7: <b>: unknown key\"]}")
                .contains("\"warnings\":[\"rule 2 never matches\"]")
                .contains("{\"name\":\"rule 1\",\"condition\":\"like *.key\",\"effect\":\"denied\",\"denies\":true}");
    }

    @Test
    void an_explanation_has_the_lines_of_the_command_and_a_status_if_there_is_none() throws Exception {
        assertThat(get("/api/explain?client=c&operation=write&file=f&options=o").body())
                .isEqualTo("{\"granted\":false,\"lines\":[\"rule 1\",\"refused: cwritefo\"]}");
        assertThat(get("/api/explain?file=wrong").statusCode()).isEqualTo(400);
        assertThat(get("/api/explain?file=wrong").body()).isEqualTo("client: x (expected: y)\n");
        assertThat(get("/api/explain?file=busy").statusCode()).isEqualTo(503);
        HttpResponse<String> fault = get("/api/explain?file=fault");
        assertThat(fault.statusCode()).isEqualTo(500);
        assertThat(fault.body()).doesNotContain("secret");
    }
}
