package dev.lockstep.tftp.server.internal.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.server.storage.Storage;
import dev.lockstep.tftp.server.storage.StorageSettings;
import dev.lockstep.tftp.server.storage.WriteRules;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Responses that no HTTP server of the Java runtime sends. Each is an error for the client, within its bound. */
@Timeout(60)
class RawOriginTest {
    private static final InetSocketAddress PEER = new InetSocketAddress("192.0.2.1", 1024);
    private static final OriginTimes TIMES = new OriginTimes(
            Duration.ofSeconds(10),
            Duration.ofSeconds(2),
            Duration.ofSeconds(2),
            Duration.ofMillis(300),
            Duration.ofSeconds(2),
            Duration.ofSeconds(5));

    @TempDir(factory = CacheFolder.class, cleanup = CleanupMode.NEVER)
    private Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch end = new CountDownLatch(1);
    private ServerSocket server;

    /** Answers a connection, after its first request. */
    private interface Answer {
        void send(OutputStream out) throws IOException, InterruptedException;
    }

    @AfterEach
    void close() throws IOException {
        end.countDown();
        server.close();
        threads.shutdownNow();
    }

    private Storage origin(Answer answer) throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.execute(() -> {
            while (!server.isClosed()) {
                try {
                    Socket client = server.accept();
                    threads.execute(() -> serve(client, answer));
                } catch (IOException e) {
                    return; // closed
                }
            }
        });
        URI uri = URI.create("http://127.0.0.1:" + server.getLocalPort() + "/");
        return new OriginProvider(
                        folder,
                        new SpoolLimits(16 << 20, 100, Duration.ofDays(1)),
                        TIMES,
                        InstantSource.system(),
                        Map.of())
                .open(uri, new StorageSettings(WriteRules.READ_ONLY, false));
    }

    private static void serve(Socket client, Answer answer) {
        try (client) {
            InputStream in = client.getInputStream();
            for (int newlines = 0; newlines < 2; ) {
                int next = in.read();
                newlines = next == '\n' ? newlines + 1 : next == '\r' ? newlines : 0;
            }
            answer.send(client.getOutputStream());
        } catch (IOException | InterruptedException e) {
            // the client has given up, or the test is over
        }
    }

    private static void send(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    private static TftpException refusal(Storage storage) {
        return catchThrowableOfType(TftpException.class, () -> {
            ReadRequest request = new ReadRequest("kernel", TransferMode.OCTET, Options.NONE);
            try (Source source = storage.read(request, PEER)) {
                ByteBuffer bytes = ByteBuffer.allocate(64 * 1024);
                while (source.read(bytes.clear()) >= 0) {
                    // reads on
                }
            }
        });
    }

    private void assertUnavailable(TftpException refusal, String reason) throws IOException {
        assertThat(refusal).hasMessage("origin unavailable, try again");
        assertThat(refusal.code()).isZero();
        assertThat(refusal.explained()).contains(reason);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.filter(file -> !file.toString().endsWith(".part"))).isEmpty();
        } catch (java.nio.file.NoSuchFileException e) {
            // nothing was ever stored
        }
    }

    @Test
    void header_fields_that_trickle_in_are_not_waited_for() throws IOException {
        Storage storage = origin(out -> {
            send(out, "HTTP/1.1 200 OK\r\nX-Slow: ");
            while (!end.await(10, TimeUnit.MILLISECONDS)) {
                send(out, "x");
            }
        });
        assertUnavailable(refusal(storage), "no response within 2000 ms");
    }

    @Test
    void header_fields_without_an_end_do_not_fill_the_memory() throws IOException {
        Storage storage = origin(out -> {
            send(out, "HTTP/1.1 200 OK\r\n");
            for (long i = 0; ; i++) {
                send(out, "X-" + i + ": " + "x".repeat(1000) + "\r\n");
            }
        });
        assertUnavailable(refusal(storage), "");
    }

    @ParameterizedTest
    @CsvSource({
        "'SSH-2.0-OpenSSH_9.2\r\n\r\n', Invalid status line",
        "'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nabc', ontent",
        "'HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabc', ontent",
        "'HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nabc', ontent",
        "'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n', ''",
        "'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcdeXX', ''",
        "'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc', ''",
        "'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc', 'bytes received: 3'",
        "'', ''",
        "'HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-2/3\r\nContent-Length: 3\r\n\r\nabc', HTTP status 206",
        "'HTTP/1.1 304 Not Modified\r\n\r\n', 'HTTP status 304 (expected: 200, as nothing is cached)'",
        "'HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest\r\nContent-Length: 0\r\n\r\n', redirect to",
    })
    void a_response_that_is_wrong_is_an_error(String response, String reason) throws IOException {
        Storage storage = origin(out -> send(out, response));
        assertUnavailable(refusal(storage), reason);
    }

    /** Bytes after the announced length are not part of the file. */
    @Test
    void a_body_that_is_longer_than_announced_ends_at_its_length() throws IOException {
        Storage storage = origin(out -> send(out, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef"));
        ReadRequest request = new ReadRequest("kernel", TransferMode.OCTET, Options.NONE);
        try (Source source = storage.read(request, PEER)) {
            ByteBuffer bytes = ByteBuffer.allocate(100);
            while (source.read(bytes) >= 0) {
                // reads on
            }
            assertThat(new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII))
                    .isEqualTo("abc");
        }
    }

    /** The rest of another version must not be appended to the beginning of this one. */
    @ParameterizedTest
    @CsvSource({"bytes 3-9/12", "bytes 0-9/10", "bytes 4-9/10", "nonsense"})
    void a_rest_that_does_not_fit_is_an_error(String range) throws IOException {
        int[] connections = new int[1];
        Storage storage = origin(out -> send(
                out,
                connections[0]++ == 0
                        ? "HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Length: 10\r\n\r\nabc"
                        : "HTTP/1.1 206 Partial Content\r\nETag: \"1\"\r\nContent-Range: " + range
                                + "\r\nContent-Length: 7\r\n\r\nDEFGHIJ"));
        TftpException refusal = refusal(storage);
        assertThat(refusal).isNotNull();
        assertThat(refusal.code()).as(refusal.explained()).isZero();
    }
}
