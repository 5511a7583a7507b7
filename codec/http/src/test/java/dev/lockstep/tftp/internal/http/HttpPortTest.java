package dev.lockstep.tftp.internal.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpPortTest {
    private static final String TOKEN = "correct horse battery";

    private final List<AutoCloseable> open = new ArrayList<>();
    private final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
    private final AtomicInteger snapshots = new AtomicInteger();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    private HttpPort.Builder settings() {
        return HttpPort.builder()
                .resource(
                        "/hello",
                        query -> HttpReply.text(
                                "hello " + query.parameter("name").orElse("you") + "\n"))
                .resource("/style.css", query -> HttpReply.asset(HttpPortTest.class, "style.css"))
                .resource("/broken", query -> {
                    throw new IllegalStateException("broken");
                })
                .asyncResource("/later", query -> CompletableFuture.supplyAsync(() -> HttpReply.json("1")))
                .events("/events", () -> "snapshot\n" + snapshots.incrementAndGet(), Duration.ofMillis(20))
                .failures(failures::add);
    }

    private HttpPort start(HttpPort.Builder builder) throws IOException {
        HttpPort port = builder.start();
        open.add(port);
        return port;
    }

    private RawHttp connect(HttpPort port) throws IOException {
        RawHttp client = new RawHttp(port.address());
        open.add(client);
        return client;
    }

    /** Sends one request with these headers, and returns the reply. */
    private String get(HttpPort port, String path, String... headers) throws IOException {
        return request(port, "GET " + path + " HTTP/1.1", headers);
    }

    private String request(HttpPort port, String line, String... headers) throws IOException {
        String host = String.join("", headers).contains("Host:") ? "" : "Host: localhost\r\n";
        String all = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
        return connect(port)
                .send(line + "\r\n" + host + all + "Connection: close\r\n\r\n")
                .all();
    }

    @Test
    void a_resource_is_served_with_the_headers_of_all_replies() throws Exception {
        HttpPort port = start(settings());

        assertThat(port.address().getAddress().isLoopbackAddress()).isTrue();
        assertThat(get(port, "/hello?name=J%C3%BCrgen%26"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("content-type: text/plain; charset=utf-8\r\n")
                .containsIgnoringCase("X-Content-Type-Options: nosniff\r\n")
                .containsIgnoringCase("Content-Security-Policy: default-src 'none'; script-src 'self'; ")
                .contains("frame-ancestors 'none'")
                .doesNotContain("unsafe")
                .containsIgnoringCase("Cache-Control: no-store\r\n")
                .endsWith("\r\n\r\nhello Jürgen&\n");
        assertThat(get(port, "/nothing")).startsWith("HTTP/1.1 404 ").containsIgnoringCase("nosniff");
        assertThat(get(port, "/later")).contains("application/json").endsWith("\r\n\r\n1");
    }

    @Test
    void head_has_the_headers_of_get_and_no_body() throws Exception {
        HttpPort port = start(settings());

        assertThat(request(port, "HEAD /hello HTTP/1.1"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("content-length: 10\r\n")
                .endsWith("\r\n\r\n");
        assertThat(request(port, "HEAD /events HTTP/1.1"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("text/event-stream")
                .endsWith("\r\n\r\n");
    }

    @ParameterizedTest
    @CsvSource({"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH", "get"})
    void other_methods_are_refused(String method) throws Exception {
        assertThat(request(start(settings()), method + " /hello HTTP/1.1"))
                .startsWith("HTTP/1.1 405 ")
                .containsIgnoringCase("Allow: GET, HEAD\r\n");
    }

    @Test
    void requests_on_one_connection_are_answered_in_order() throws Exception {
        String first = "GET /later HTTP/1.1\r\nHost: localhost\r\n\r\n";
        String second = "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n";
        String last = "GET /hello?name=last HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

        String replies = connect(start(settings())).send(first + second + last).all();

        assertThat(replies).containsSubsequence("\r\n\r\n1", "hello you\n", "hello last\n");
    }

    @Test
    void an_asset_is_sent_once_to_a_browser_that_keeps_it() throws Exception {
        HttpPort port = start(settings());
        String reply = get(port, "/style.css");

        assertThat(reply).contains("content-type: text/css; charset=utf-8\r\n").containsIgnoringCase("no-cache");
        String etag = reply.replaceFirst("(?is).*etag: (\\S+).*", "$1");
        assertThat(get(port, "/style.css", "If-None-Match: \"other\", " + etag))
                .startsWith("HTTP/1.1 304 ")
                .endsWith("\r\n\r\n");
    }

    @Test
    void a_failure_of_a_resource_is_reported_and_not_shown() throws Exception {
        HttpPort port = start(settings());

        assertThat(get(port, "/broken")).startsWith("HTTP/1.1 500 ").endsWith("internal error\n");
        assertThat(failures.take()).hasMessage("broken");
        assertThat(get(port, "/hello")).startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @CsvSource({"127.evil.com", "evil.com:9169", "192.0.2.7", "''"})
    void a_host_that_is_not_allowed_is_refused(String host) throws Exception {
        HttpPort port = start(settings().allowedHosts(Set.of("boot.example.org")));

        assertThat(get(port, "/hello", "Host: " + host))
                .startsWith("HTTP/1.1 403 ")
                .contains("host not allowed");
        assertThat(get(port, "/events", "Host: " + host)).startsWith("HTTP/1.1 403 ");
        assertThat(get(port, "/hello", "Host: boot.example.org")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void a_request_has_one_host_and_a_path() throws Exception {
        HttpPort port = start(settings());

        assertThat(get(port, "/hello", "Host: localhost", "Host: localhost")).startsWith("HTTP/1.1 400 ");
        assertThat(get(port, "http://localhost/hello")).startsWith("HTTP/1.1 400 ");
        assertThat(connect(port).send("GET /hello HTTP/1.0\r\n\r\n").all()).startsWith("HTTP/1.1 400 ");
        assertThat(get(port, "/hello?name=%zz")).startsWith("HTTP/1.1 400 ");
        assertThat(connect(port).send("\u0016\u0003\u0001\r\n\r\n").all()).startsWith("HTTP/1.1 400 ");
    }

    @Test
    void a_page_of_another_origin_is_refused() throws Exception {
        HttpPort port = start(settings());
        String here = "localhost:" + port.address().getPort();

        assertThat(get(port, "/hello", "Host: " + here, "Origin: http://" + here))
                .startsWith("HTTP/1.1 200 ");
        assertThat(get(port, "/hello", "Host: " + here, "Origin: http://localhost:1"))
                .startsWith("HTTP/1.1 403 ")
                .contains("origin not allowed");
        assertThat(get(port, "/hello", "Host: " + here, "Origin: null")).startsWith("HTTP/1.1 403 ");
    }

    @Test
    void a_page_of_another_site_can_link_but_not_embed() throws Exception {
        HttpPort port = start(settings());

        for (String site : List.of("cross-site", "same-site")) {
            assertThat(get(port, "/hello", "Sec-Fetch-Site: " + site, "Sec-Fetch-Dest: image"))
                    .startsWith("HTTP/1.1 403 ")
                    .contains("request of another site");
            assertThat(get(port, "/hello", "Sec-Fetch-Site: " + site, "Sec-Fetch-Dest: document"))
                    .startsWith("HTTP/1.1 200 ");
        }
        for (String site : List.of("same-origin", "none")) {
            assertThat(get(port, "/hello", "Sec-Fetch-Site: " + site, "Sec-Fetch-Dest: image"))
                    .startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void the_token_is_a_bearer_token_or_a_password() throws Exception {
        HttpPort port = start(settings().token(TOKEN.getBytes(StandardCharsets.UTF_8)));

        assertThat(get(port, "/hello"))
                .startsWith("HTTP/1.1 401 ")
                .containsIgnoringCase("WWW-Authenticate: Basic ")
                .doesNotContain(TOKEN);
        assertThat(get(port, "/nothing")).startsWith("HTTP/1.1 401 ");
        assertThat(get(port, "/events")).startsWith("HTTP/1.1 401 ");
        assertThat(get(port, "/hello?token=" + TOKEN.replace(' ', '+'))).startsWith("HTTP/1.1 401 ");
        assertThat(get(port, "/hello", "Authorization: Bearer " + TOKEN)).startsWith("HTTP/1.1 200 ");
        assertThat(get(port, "/hello", basic("anyone:" + TOKEN))).startsWith("HTTP/1.1 200 ");
        for (String wrong : List.of("", "x", TOKEN + "x", TOKEN.substring(1), TOKEN.toUpperCase())) {
            assertThat(get(port, "/hello", "Authorization: Bearer " + wrong)).startsWith("HTTP/1.1 401 ");
            assertThat(get(port, "/hello", basic("anyone:" + wrong))).startsWith("HTTP/1.1 401 ");
        }
        assertThat(get(port, "/hello", "Authorization: " + TOKEN)).startsWith("HTTP/1.1 401 ");
        assertThat(get(port, "/hello", "Authorization: Basic !")).startsWith("HTTP/1.1 401 ");
    }

    private static String basic(String credentials) {
        return "Authorization: Basic "
                + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void a_path_may_be_open_to_some_addresses() throws Exception {
        HttpPort.Builder settings = settings().token(TOKEN.getBytes(StandardCharsets.UTF_8));
        List<InetAddress> clients = new ArrayList<>();
        settings.withoutToken("/hello", clients::add).withoutToken("/later", client -> false);
        HttpPort port = start(settings);

        assertThat(get(port, "/hello?x")).startsWith("HTTP/1.1 200 ");
        assertThat(clients).containsExactly(InetAddress.getByName("127.0.0.1"));
        assertThat(get(port, "/hello", "Host: evil.com")).startsWith("HTTP/1.1 403 ");
        assertThat(get(port, "/later")).startsWith("HTTP/1.1 401 ");
        assertThat(get(port, "/hello/../later")).startsWith("HTTP/1.1 401 ");
    }

    @Test
    void any_address_but_loopback_needs_a_token() throws Exception {
        HttpPort.Builder settings = settings().address(new InetSocketAddress("0.0.0.0", 0));

        assertThatThrownBy(settings::start)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("0.0.0.0:0 (expected: a token, or a loopback address)");
        HttpPort port = start(settings.token(TOKEN.getBytes(StandardCharsets.UTF_8)));
        assertThat(port.address().getAddress().isAnyLocalAddress()).isTrue();
    }

    @Test
    void an_address_in_use_is_named() throws Exception {
        HttpPort port = start(settings());

        assertThatThrownBy(() -> settings().address(port.address()).start())
                .isInstanceOf(BindException.class)
                .hasMessageContaining("127.0.0.1 HTTP port " + port.address().getPort());
    }

    @Test
    void headers_may_have_8_kib() throws Exception {
        HttpPort port = start(settings());

        assertThat(get(port, "/hello", "X: " + "x".repeat(8000))).startsWith("HTTP/1.1 200 ");
        assertThat(get(port, "/hello", "X: " + "x".repeat(9000))).startsWith("HTTP/1.1 431 ");
        assertThat(get(port, "/hello?name=" + "x".repeat(9000))).startsWith("HTTP/1.1 414 ");
    }

    @Test
    void a_body_is_refused() throws Exception {
        HttpPort port = start(settings());

        assertThat(connect(port)
                        .send("GET /hello HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc")
                        .all())
                .startsWith("HTTP/1.1 413 ");
    }

    @Test
    void viewers_share_the_snapshots() throws Exception {
        HttpPort port = start(settings());
        String request = "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n";
        RawHttp one = connect(port).send(request);

        assertThat(one.until("retry: 1000\n\n"))
                .contains("content-type: text/event-stream; charset=utf-8\r\n")
                .containsIgnoringCase("X-Accel-Buffering: no\r\n");
        one.until("data: snapshot\ndata: 3\n\n");
        connect(port).send(request).until("data: snapshot\n");
        int before = snapshots.get();
        one.until("data: " + (before + 2) + "\n\n");

        assertThat(snapshots.get()).as("snapshots for two viewers").isLessThan(before + 200);
    }

    @Test
    void the_17th_viewer_is_refused_until_another_leaves() throws Exception {
        HttpPort port = start(settings());
        String request = "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n";
        List<RawHttp> viewers = new ArrayList<>();
        for (int i = 0; i < EventStream.MAX_VIEWERS; i++) {
            viewers.add(connect(port).send(request));
            viewers.get(i).until("data: snapshot\n");
        }

        assertThat(get(port, "/events")).startsWith("HTTP/1.1 503 ").contains("too many viewers (limit: 16)");
        assertThat(get(port, "/hello")).startsWith("HTTP/1.1 200 ");
        viewers.get(0).close();
        String reply;
        do {
            RawHttp next = connect(port).send(request);
            reply = next.until("\r\n");
        } while (reply.startsWith("HTTP/1.1 503 "));
        assertThat(reply).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void closing_the_port_closes_its_connections() throws Exception {
        HttpPort port = start(settings());
        RawHttp idle = connect(port);
        RawHttp viewer = connect(port).send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
        viewer.until("data: snapshot\n");

        port.close();

        assertThat(idle.all()).isEmpty();
        viewer.all();
        port.close();
    }

    @Test
    void a_connection_too_many_closes_the_oldest() throws Exception {
        HttpPort port = start(settings());
        RawHttp viewer = connect(port).send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
        viewer.until("data: snapshot\n");
        RawHttp oldest = connect(port);
        for (int i = 0; i < HttpPort.MAX_CONNECTIONS; i++) {
            connect(port);
        }

        assertThat(oldest.all()).isEmpty();
        viewer.until("data: snapshot\n");
        assertThat(get(port, "/hello")).startsWith("HTTP/1.1 200 ");
    }
}
