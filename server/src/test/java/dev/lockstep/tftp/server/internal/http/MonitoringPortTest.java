package dev.lockstep.tftp.server.internal.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.harness.RawSocketPeer;
import dev.lockstep.tftp.server.TftpServer;
import dev.lockstep.tftp.server.TftpServerBuilder;
import dev.lockstep.tftp.server.internal.metrics.ReloadCounters;
import dev.lockstep.tftp.server.internal.origin.OriginMetrics;
import dev.lockstep.tftp.server.storage.MemoryStorage;
import dev.lockstep.tftp.server.storage.WriteRules;
import dev.lockstep.tftp.testing.RecordedEvents;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MonitoringPortTest {
    private static final byte[] TOKEN = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final Predicate<InetAddress> NOBODY = client -> false;

    private final MemoryStorage files = new MemoryStorage(1 << 20, WriteRules.NEW_FILES);
    private final RecordedEvents events = new RecordedEvents();
    private final HttpClient client = HttpClient.newHttpClient();

    private static MonitoringPort port(int number, byte[] token, Predicate<InetAddress> metrics) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), number);
        return new MonitoringPort(
                MonitoringPort.settings(address, token, Set.of(), metrics),
                "1.2.3",
                new ReloadCounters(),
                () -> new OriginMetrics(Map.of(), 0, 0, 0, 0));
    }

    private TftpServerBuilder server(MonitoringPort port) throws TftpException {
        files.put("f", "hello".getBytes(StandardCharsets.US_ASCII));
        return TftpServer.builder()
                .storage(files)
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .eventLoops(1)
                .listener(events)
                .lifecycleListener(port);
    }

    private HttpResponse<String> get(MonitoringPort port, String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + port.address().getPort() + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void a_drain_is_seen_as_not_ready_and_the_port_is_open_until_its_end() throws Exception {
        MonitoringPort port = port(0, null, NOBODY);
        TftpServer server = server(port).drain(Duration.ofSeconds(30)).start();
        Thread stop = new Thread(server::close);
        try (RawSocketPeer peer = new RawSocketPeer()) {
            assertThat(get(port, "/healthz").statusCode()).isEqualTo(200);
            assertThat(get(port, "/readyz").body()).isEqualTo("ready\n");
            peer.sendTo(server.port(), 0, 1, "f", 0, "octet", 0);
            peer.expect(0, 3, 0, 1, "hello");

            stop.start();
            HttpResponse<String> ready;
            do {
                ready = get(port, "/readyz");
            } while (ready.statusCode() == 200);

            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.body()).isEqualTo("draining\n");
            assertThat(get(port, "/healthz").statusCode()).isEqualTo(200);
            assertThat(get(port, "/metrics").body()).contains("tftp_server_transfers_active 1.0\n");
            peer.send(0, 4, 0, 1);
        }
        stop.join();
        assertThatThrownBy(() -> get(port, "/healthz")).isInstanceOf(IOException.class);
    }

    @Test
    void metrics_have_the_counters_of_the_server_the_process_and_the_jvm() throws Exception {
        MonitoringPort port = port(0, null, NOBODY);
        try (TftpServer server = server(port).start();
                RawSocketPeer peer = new RawSocketPeer()) {
            peer.sendTo(server.port(), 0, 1, "f", 0, "octet", 0);
            peer.expect(0, 3, 0, 1, "hello");
            peer.send(0, 4, 0, 1);
            events.await(TransferEvent.Ended.class);

            assertThat(get(port, "/metrics").body())
                    .contains(
                            "# TYPE tftp_server_requests_total counter\n",
                            "tftp_server_requests_total{operation=\"read\",outcome=\"started\"} 1.0\n",
                            "tftp_server_transfers_total{operation=\"read\",result=\"complete\"} 1.0\n",
                            "tftp_server_file_bytes_total 5.0\n",
                            "tftp_server_transfer_duration_seconds_count 1\n",
                            "tftp_server_first_data_seconds_bucket{le=\"+Inf\"} 1\n",
                            "tftp_server_build_info{version=\"1.2.3\"} 1\n",
                            "\nprocess_cpu_seconds_total ",
                            "\njvm_memory_used_bytes{area=\"heap\"} ");
            HttpResponse<String> open = get(port, "/metrics", "Accept", "application/openmetrics-text; version=1.0.0");
            assertThat(open.headers().firstValue("content-type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("application/openmetrics-text"));
            assertThat(open.body()).endsWith("# EOF\n");
        }
    }

    @Test
    void health_needs_no_token_and_metrics_need_one_except_for_allowed_networks() throws Exception {
        MonitoringPort closed = port(0, TOKEN, NOBODY);
        try (TftpServer server = server(closed).start()) {
            assertThat(server.isServing()).isTrue();
            assertThat(get(closed, "/healthz").statusCode()).isEqualTo(200);
            assertThat(get(closed, "/readyz").statusCode()).isEqualTo(200);
            assertThat(get(closed, "/metrics").statusCode()).isEqualTo(401);
            String bearer = "Bearer " + new String(TOKEN, StandardCharsets.US_ASCII);
            assertThat(get(closed, "/metrics", "Authorization", bearer).statusCode())
                    .isEqualTo(200);
        }
        MonitoringPort open = port(0, TOKEN, InetAddress::isLoopbackAddress);
        try (TftpServer server = server(open).start()) {
            assertThat(server.isServing()).isTrue();
            assertThat(get(open, "/metrics").statusCode()).isEqualTo(200);
            assertThat(get(open, "/metrics/").statusCode()).isEqualTo(401);
        }
    }

    @Test
    void a_server_does_not_start_without_its_port() throws Exception {
        MonitoringPort first = port(0, null, NOBODY);
        try (TftpServer server = server(first).start()) {
            assertThat(server.isServing()).isTrue();
            MonitoringPort second = port(first.address().getPort(), null, NOBODY);
            assertThatThrownBy(() -> server(second).start()).isInstanceOf(BindException.class);
            assertThat(get(first, "/readyz").statusCode()).isEqualTo(200);
        }
    }
}
