package dev.lockstep.tftp.embedding;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tftp.client.TftpClient;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.event.TransferEvent.Progressed;
import dev.lockstep.tftp.server.TftpServer;
import dev.lockstep.tftp.server.storage.MemoryStorage;
import dev.lockstep.tftp.server.storage.WriteRules;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests the forms of get and put that take one line. */
@Timeout(60)
class OneLineTransferTest {
    private static final byte[] CONTENT = "one line is enough\n".repeat(50_000).getBytes(UTF_8);

    @TempDir
    private Path folder;

    private TftpServer server;
    private TftpClient client;

    @BeforeEach
    void start() throws IOException {
        server = TftpServer.builder()
                .storage(new MemoryStorage(1 << 24, WriteRules.ANY_FILE))
                .listen(new InetSocketAddress("127.0.0.1", 0))
                .start();
        client = TftpClient.builder().build();
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    private URI remote(String path) {
        return URI.create("tftp://127.0.0.1:" + server.port() + "/" + path);
    }

    @Test
    void arrays() throws Exception {
        assertThat(client.put(CONTENT, remote("array")).outcome()).isEqualTo(Outcome.COMPLETE);
        assertThat(client.get(remote("array"))).isEqualTo(CONTENT);
        client.putAsync(new byte[0], remote("empty")).get(30, TimeUnit.SECONDS);
        assertThat(client.getAsync(remote("empty")).get(30, TimeUnit.SECONDS)).isEmpty();
    }

    @Test
    void files() throws Exception {
        Path sent = Files.write(folder.resolve("sent"), CONTENT);
        assertThat(client.put(sent, remote("file")).stats().bytes()).isEqualTo(CONTENT.length);
        assertThat(client.get(remote("file"), folder.resolve("got")).stats().bytes())
                .isEqualTo(CONTENT.length);
        assertThat(folder.resolve("got")).hasBinaryContent(CONTENT);
        client.putAsync(sent, remote("other")).get(30, TimeUnit.SECONDS);
        client.getAsync(remote("other"), folder.resolve("other")).get(30, TimeUnit.SECONDS);
        assertThat(folder.resolve("other")).hasBinaryContent(CONTENT);
    }

    @Test
    void streams_stay_open() throws Exception {
        boolean[] closed = new boolean[2];
        InputStream in = new ByteArrayInputStream(CONTENT) {
            @Override
            public void close() {
                closed[0] = true;
            }
        };
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        OutputStream out = new OutputStream() {
            @Override
            public void write(int next) {
                content.write(next);
            }

            @Override
            public void close() {
                closed[1] = true;
            }
        };
        client.put(in, remote("stream"));
        client.get(remote("stream"), out);
        assertThat(content.toByteArray()).isEqualTo(CONTENT);
        assertThat(closed).containsExactly(false, false);
    }

    @Test
    void the_uri_determines_the_mode() throws IOException {
        client.put("a\n".getBytes(UTF_8), remote("text;mode=netascii"));
        assertThat(client.get(remote("text"))).isEqualTo("a\n".getBytes(UTF_8));
    }

    @Test
    void listeners_see_the_progress() throws IOException {
        List<TransferEvent> events = new CopyOnWriteArrayList<>();
        client.put(CONTENT, remote("watched"), events::add);
        client.get(remote("watched"), folder.resolve("watched"), events::add);
        assertThat(events.stream().filter(Progressed.class::isInstance)).hasSizeGreaterThanOrEqualTo(4);
        assertThat(events.stream().filter(TransferEvent.Ended.class::isInstance))
                .hasSize(2);
    }

    @Test
    void a_failed_get_leaves_the_target_as_it_was() throws IOException {
        Path target = Files.writeString(folder.resolve("target"), "old");
        assertThatThrownBy(() -> client.get(remote("missing"), target))
                .isInstanceOf(TftpException.class)
                .hasMessage("file not found");
        assertThat(client.getAsync(remote("missing"), target)).failsWithin(30, TimeUnit.SECONDS);
        assertThat(target).hasContent("old");
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).containsExactly(target);
        }
    }

    @Test
    void a_local_file_that_cannot_be_opened_fails_the_transfer() {
        Path nowhere = folder.resolve("no/such/file");
        assertThatThrownBy(() -> client.get(remote("file"), nowhere))
                .isInstanceOf(TftpException.class)
                .hasMessage("cannot write " + nowhere + ": no such directory");
        assertThat(client.putAsync(nowhere, remote("file"))).isCompletedExceptionally();
    }

    @Test
    void a_uri_that_is_not_tftp_is_rejected_before_any_file_is_opened() throws IOException {
        URI http = URI.create("http://127.0.0.1/file");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> client.get(http, folder.resolve("file")))
                .withMessageStartingWith("http://127.0.0.1/file (expected: tftp://");
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }
}
