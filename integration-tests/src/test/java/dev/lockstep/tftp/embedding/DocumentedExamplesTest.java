package dev.lockstep.tftp.embedding;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.client.TftpClient;
import dev.lockstep.tftp.junit.TftpFixture;
import dev.lockstep.tftp.server.TftpServer;
import dev.lockstep.tftp.server.storage.MemoryStorage;
import dev.lockstep.tftp.server.storage.WriteRules;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs the examples of {@code docs/embedding.md} and {@code docs/getting-started.md}, which are these source files. */
@Timeout(60)
class DocumentedExamplesTest {
    private static final Path MODULE = Path.of(System.getProperty("user.dir"));
    private static final Path EXAMPLES = MODULE.resolve("src/test/java/dev/lockstep/tftp/embedding");

    @TempDir
    private Path served;

    @TempDir
    private Path fetched;

    @ParameterizedTest
    @CsvSource({
        "EmbeddedServerExample, embedding",
        "EmbeddedClientExample, embedding",
        "EmbeddedAsyncExample, embedding",
        "EmbeddedMetricsExample, embedding",
        "EmbeddedStreamExample, embedding",
        "Router, embedding",
        "RouterTest, embedding",
        "ConfigurationBackup, embedding",
        "ConfigurationBackupTest, embedding",
        "Fetch, getting-started"
    })
    void the_page_shows_the_example_as_it_is_compiled(String example, String page) throws IOException {
        String source = Files.readString(EXAMPLES.resolve(example + ".java"));
        String shown = source.substring(source.indexOf("// example\n") + "// example\n".length());
        assertThat(Files.readString(MODULE.resolveSibling("docs/" + page + ".md")))
                .contains("```java\n" + shown + "```");
    }

    @Test
    void the_server_and_the_client_transfer_a_file() throws IOException {
        byte[] content = "from here to there".repeat(1_000).getBytes(UTF_8);
        Files.write(served.resolve("boot.img"), content);
        PrintStream standardOutput = System.out;
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        System.setOut(new PrintStream(output, true, UTF_8));
        try {
            EmbeddedServerExample.serve(served, () -> fetchFrom(portIn(output.toString(UTF_8))));
        } finally {
            System.setOut(standardOutput);
        }
        assertThat(fetched.resolve("boot.img")).hasBinaryContent(content);
    }

    @Test
    void the_asynchronous_client_reads_what_it_has_stored() throws Exception {
        byte[] content = "there and back".repeat(1_000).getBytes(UTF_8);
        try (TftpServer server = TftpServer.builder()
                        .storage(new MemoryStorage(1 << 20, WriteRules.NEW_FILES))
                        .listen(new InetSocketAddress("127.0.0.1", 0))
                        .start();
                TftpClient client = TftpClient.builder().build()) {
            URI remote = URI.create("tftp://127.0.0.1:" + server.port() + "/report");
            assertThat(EmbeddedAsyncExample.storeAndRead(client, content, remote)
                            .get(30, TimeUnit.SECONDS))
                    .isEqualTo(content);
        }
    }

    @Test
    void a_stream_is_read_as_far_as_it_is_needed() throws IOException {
        try (TftpFixture tftp = TftpFixture.start();
                TftpClient client = TftpClient.builder().build()) {
            tftp.serve("log", "first\n" + "second\n".repeat(1_000_000));
            assertThat(EmbeddedStreamExample.firstLine(client, tftp.uri("log"))).isEqualTo("first");
        }
    }

    @Test
    void the_counters_of_a_server_are_meters_of_micrometer() throws Exception {
        MemoryStorage storage = new MemoryStorage(1 << 20, WriteRules.READ_ONLY);
        storage.put("f", "hello".getBytes(UTF_8));
        MeterRegistry registry = new SimpleMeterRegistry();
        try (TftpServer server = TftpServer.builder()
                        .storage(storage)
                        .listen(new InetSocketAddress("127.0.0.1", 0))
                        .start();
                TftpClient client = TftpClient.builder().build()) {
            EmbeddedMetricsExample.bind(server, registry);
            assertThat(registry.get("tftp.file").functionCounter().count()).isZero();
            assertThat(client.get(URI.create("tftp://127.0.0.1:" + server.port() + "/f")))
                    .hasSize(5);
            server.stop(Duration.ofSeconds(30)); // so that the server, too, has seen the end of the transfer
            assertThat(registry.get("tftp.file").functionCounter().count()).isEqualTo(5);
            assertThat(registry.get("tftp.transfers")
                            .tag("result", "complete")
                            .functionCounter()
                            .count())
                    .isEqualTo(1);
            assertThat(registry.get("tftp.transfers.active").gauge().value()).isZero();
        }
    }

    @Test
    void the_first_program_prints_the_size_of_a_file() throws Exception {
        PrintStream standardOutput = System.out;
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        MemoryStorage storage = new MemoryStorage(1 << 20, WriteRules.READ_ONLY);
        storage.put("hello.txt", "hello, lockstep!\n".getBytes(UTF_8));
        try (TftpServer server = TftpServer.builder()
                .storage(storage)
                .listen(new InetSocketAddress("127.0.0.1", 0))
                .start()) {
            System.setOut(new PrintStream(output, true, UTF_8));
            Fetch.main(new String[] {"tftp://127.0.0.1:" + server.port() + "/hello.txt"});
        } finally {
            System.setOut(standardOutput);
        }
        assertThat(output.toString(UTF_8)).isEqualTo("17 bytes" + System.lineSeparator());
    }

    private static String portIn(String output) {
        return output.lines()
                .filter(line -> line.startsWith("Listening port "))
                .findFirst()
                .orElseThrow()
                .substring("Listening port ".length());
    }

    private void fetchFrom(String port) {
        try {
            EmbeddedClientExample.fetch("tftp://127.0.0.1:" + port + "/boot.img", fetched.resolve("boot.img"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
