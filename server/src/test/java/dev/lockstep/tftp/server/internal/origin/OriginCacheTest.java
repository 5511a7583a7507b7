package dev.lockstep.tftp.server.internal.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.server.storage.Storage;
import dev.lockstep.tftp.server.storage.StorageSettings;
import dev.lockstep.tftp.server.storage.WriteRules;
import dev.lockstep.tftp.testing.TestBytes;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class OriginCacheTest {
    private static final InetSocketAddress PEER = new InetSocketAddress("192.0.2.1", 1024);
    private static final byte[] CONTENT = TestBytes.random(1_000_000);
    private static final byte[] OTHER = TestBytes.random(900_000);
    private static final OriginTimes TIMES = new OriginTimes(
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(2),
            Duration.ofSeconds(5));

    @TempDir(factory = CacheFolder.class, cleanup = CleanupMode.NEVER)
    private Path folder;

    /** The time of the cache, before that of the origin: the origin's Date never makes a response older. */
    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.now().minus(Duration.ofDays(30)));

    private final TestOrigin origin = new TestOrigin(TestOrigin.file("\"one\"", CONTENT));
    private OriginProvider provider;
    private Storage storage;

    @AfterEach
    void close() {
        origin.close();
    }

    private Storage storage() {
        return storage == null ? open(TIMES) : storage;
    }

    private Storage open(OriginTimes times) {
        return open(times, new SpoolLimits(100 << 20, 100, Duration.ofDays(30)));
    }

    private Storage open(OriginTimes times, SpoolLimits limits) {
        provider = new OriginProvider(folder, limits, times, now::get, Map.of());
        storage = provider.open(URI.create(origin.uri() + "boot"), new StorageSettings(WriteRules.READ_ONLY, false));
        return storage;
    }

    private OriginCounters counters() {
        return provider.metrics().origins().values().iterator().next();
    }

    private void pass(long seconds) {
        now.updateAndGet(time -> time.plusSeconds(seconds));
    }

    private CompletableFuture<Source> ask(String name) {
        ReadRequest request = new ReadRequest(name, TransferMode.OCTET, Options.NONE);
        Source cached = storage().tryOpenCached(request, PEER);
        return cached != null
                ? CompletableFuture.completedFuture(cached)
                : storage().open(request, PEER, Runnable::run).toCompletableFuture();
    }

    private Source opened(String name) throws Exception {
        return ask(name).get(30, TimeUnit.SECONDS);
    }

    private byte[] get(String name) throws Exception {
        try (Source source = opened(name)) {
            return contentOf(source);
        }
    }

    private static byte[] contentOf(Source source) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(2 * CONTENT.length);
        while (source.read(all) >= 0) {
            // reads on
        }
        return Arrays.copyOf(all.array(), all.position());
    }

    private TftpException refusalOf(String name) {
        CompletableFuture<Source> asked = ask(name);
        try (Source source = asked.get(30, TimeUnit.SECONDS)) {
            contentOf(source);
        } catch (TftpException e) {
            return e;
        } catch (Exception e) {
            assertThat(e).hasCauseInstanceOf(TftpException.class);
            return (TftpException) e.getCause();
        }
        throw new AssertionError("was served");
    }

    private List<String> filesInCache() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString().replaceFirst(".*\\.", ""))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void many_requests_share_one_fetch_and_know_the_size_before_its_end() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch more = new CountDownLatch(1);
        origin.behave(origin.after(go, exchange -> {
            exchange.sendResponseHeaders(200, CONTENT.length);
            OutputStream body = exchange.getResponseBody();
            body.write(CONTENT, 0, 600_000);
            body.flush();
            origin.after(more, rest -> body.write(CONTENT, 600_000, 400_000)).answer(exchange);
            exchange.close();
        }));
        List<CompletableFuture<Source>> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            all.add(ask("kernel"));
        }
        assertThat(all).noneMatch(CompletableFuture::isDone);
        go.countDown();
        for (CompletableFuture<Source> each : all) {
            assertThat(each.get(30, TimeUnit.SECONDS).size()).isEqualTo(CONTENT.length);
        }
        ByteBuffer beginning = ByteBuffer.allocate(500_000);
        Source first = all.get(0).get();
        while (beginning.hasRemaining()) {
            first.read(beginning);
        }
        assertThat(beginning.array()).isEqualTo(Arrays.copyOf(CONTENT, 500_000));
        first.rewind();
        more.countDown();
        for (CompletableFuture<Source> each : all) {
            assertThat(contentOf(each.get())).isEqualTo(CONTENT);
            each.get().close();
        }
        assertThat(get("kernel")).isEqualTo(CONTENT);
        assertThat(origin.requests()).containsExactly("GET /boot/kernel");
        assertThat(counters().joined()).isEqualTo(99);
        assertThat(counters().hits()).isEqualTo(1);
        assertThat(counters().bytes()).isEqualTo(CONTENT.length);
    }

    @Test
    void a_transfer_waits_for_bytes_without_a_thread() throws Exception {
        CountDownLatch more = new CountDownLatch(1);
        origin.behave(exchange -> {
            exchange.sendResponseHeaders(200, CONTENT.length);
            OutputStream body = exchange.getResponseBody();
            body.write(CONTENT, 0, 300_000);
            body.flush();
            origin.after(more, rest -> body.write(CONTENT, 300_000, 700_000)).answer(exchange);
            exchange.close();
        });
        try (Source source = opened("kernel")) {
            CompletableFuture<Void> beginning = new CompletableFuture<>();
            if (!source.awaitBytes(300_000, () -> beginning.complete(null))) {
                beginning.complete(null);
            }
            beginning.get(30, TimeUnit.SECONDS);
            CompletableFuture<Void> end = new CompletableFuture<>();
            assertThat(source.awaitBytes(CONTENT.length, () -> end.complete(null)))
                    .isTrue();
            more.countDown();
            end.get(30, TimeUnit.SECONDS);
            assertThat(source.awaitBytes(CONTENT.length, () -> {})).isFalse();
            assertThat(contentOf(source)).isEqualTo(CONTENT);
        }
    }

    @Test
    void a_stale_file_is_validated_and_a_changed_one_fetched_while_transfers_keep_their_version() throws Exception {
        assertThat(get("kernel")).isEqualTo(CONTENT);
        pass(59);
        assertThat(get("kernel")).isEqualTo(CONTENT);
        assertThat(origin.requests()).hasSize(1);
        pass(1);
        assertThat(get("kernel")).isEqualTo(CONTENT);
        assertThat(origin.requests()).hasSize(2);
        assertThat(counters().validated()).isEqualTo(1);
        assertThat(counters().bytes()).isEqualTo(CONTENT.length);
        try (Source old = opened("kernel")) {
            old.read(ByteBuffer.allocate(10));
            origin.behave(TestOrigin.file("\"two\"", OTHER));
            pass(60);
            assertThat(get("kernel")).isEqualTo(OTHER);
            old.rewind();
            assertThat(contentOf(old)).isEqualTo(CONTENT);
        }
        assertThat(origin.requests()).hasSize(3);
        assertThat(filesInCache()).containsExactly("body", "meta");
    }

    @Test
    void files_and_their_freshness_survive_a_restart() throws Exception {
        assertThat(get("kernel")).isEqualTo(CONTENT);
        pass(60);
        assertThat(get("kernel")).isEqualTo(CONTENT);
        open(TIMES);
        pass(59);
        assertThat(get("kernel")).isEqualTo(CONTENT);
        assertThat(origin.requests()).hasSize(2);
    }

    @Test
    void a_stale_file_is_served_while_the_origin_is_away_and_then_no_more() throws Exception {
        assertThat(get("kernel")).isEqualTo(CONTENT);
        origin.behave(TestOrigin.status(503));
        pass(100);
        assertThat(get("kernel")).isEqualTo(CONTENT);
        assertThat(get("kernel")).isEqualTo(CONTENT); // without asking again
        assertThat(origin.requests()).hasSize(2);
        assertThat(counters().stale()).isEqualTo(2);
        pass(24 * 3600);
        TftpException refusal = refusalOf("kernel");
        assertThat(refusal.is(ErrorCode.NOT_DEFINED)).isTrue();
        assertThat(refusal).hasMessage("origin unavailable, try again");
        assertThat(refusal.explained()).contains("HTTP status 503");
        origin.behave(TestOrigin.file("\"one\"", CONTENT));
        assertThat(get("kernel")).isEqualTo(CONTENT);
    }

    @Test
    void a_file_is_served_stale_while_it_is_validated_in_the_background() throws Exception {
        String[] fields = {"Cache-Control", "max-age=10, stale-while-revalidate=30"};
        origin.behave(TestOrigin.file("\"one\"", CONTENT, fields));
        assertThat(get("kernel")).isEqualTo(CONTENT);
        CountDownLatch go = new CountDownLatch(1);
        origin.behave(origin.after(go, TestOrigin.file("\"two\"", OTHER, fields)));
        pass(20);
        assertThat(get("kernel")).isEqualTo(CONTENT);
        assertThat(get("kernel")).isEqualTo(CONTENT);
        pass(40);
        CompletableFuture<Source> late = ask("kernel");
        go.countDown();
        assertThat(contentOf(late.get(30, TimeUnit.SECONDS))).isEqualTo(OTHER);
        late.get().close();
        assertThat(origin.requests()).hasSize(2);
    }

    @Test
    void a_missing_file_is_remembered_for_2_seconds() throws Exception {
        origin.behave(TestOrigin.status(404));
        assertThat(refusalOf("pxelinux.cfg/default").is(ErrorCode.FILE_NOT_FOUND))
                .isTrue();
        pass(1);
        assertThat(refusalOf("pxelinux.cfg/default").is(ErrorCode.FILE_NOT_FOUND))
                .isTrue();
        assertThat(origin.requests()).hasSize(1);
        pass(1);
        origin.behave(TestOrigin.file("\"one\"", CONTENT));
        assertThat(get("pxelinux.cfg/default")).isEqualTo(CONTENT);
        origin.behave(TestOrigin.status(404));
        pass(60);
        assertThat(refusalOf("pxelinux.cfg/default").is(ErrorCode.FILE_NOT_FOUND))
                .isTrue();
        assertThat(filesInCache()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "401, 2, origin refuses access",
        "403, 2, origin refuses access",
        "404, 1, file not found",
        "410, 1, file not found",
        "500, 0, 'origin unavailable, try again'",
        "503, 0, 'origin unavailable, try again'",
        "429, 0, 'origin unavailable, try again'",
        "304, 0, 'origin unavailable, try again'",
        "204, 0, 'origin unavailable, try again'"
    })
    void each_status_has_its_error(int status, int code, String text) {
        origin.behave(TestOrigin.status(status));
        TftpException refusal = refusalOf("kernel");
        assertThat(refusal.code()).isEqualTo(code);
        assertThat(refusal).hasMessage(text);
        assertThat(refusal.explained()).contains("HTTP status " + status);
    }

    @Test
    void a_broken_fetch_is_resumed_where_it_broke() throws Exception {
        origin.behave(exchange -> {
            origin.behave(TestOrigin.file("\"one\"", CONTENT));
            TestOrigin.broken("\"one\"", CONTENT, 400_000).answer(exchange);
        });
        assertThat(get("kernel")).isEqualTo(CONTENT);
        assertThat(origin.requests()).hasSize(2);
        assertThat(counters().resumed()).isEqualTo(1);
        assertThat(counters().bytes()).isEqualTo(CONTENT.length);
        assertThat(get("kernel")).isEqualTo(CONTENT);
    }

    @Test
    void a_broken_fetch_without_a_validator_is_resumed_if_the_beginning_is_equal() throws Exception {
        origin.behave(exchange -> {
            origin.behave(TestOrigin.file(null, CONTENT));
            TestOrigin.broken(null, CONTENT, 400_000).answer(exchange);
        });
        assertThat(get("kernel")).isEqualTo(CONTENT);
        assertThat(origin.requests()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({"1000000", "900000"})
    void a_file_that_changes_while_its_fetch_is_broken_fails_and_is_then_fetched_anew(int size) throws Exception {
        byte[] changed = TestBytes.random(size);
        changed[0] = (byte) ~CONTENT[0];
        origin.behave(exchange -> {
            origin.behave(TestOrigin.file("\"two\"", changed));
            TestOrigin.broken("\"one\"", CONTENT, 400_000).answer(exchange);
        });
        TftpException refusal = refusalOf("kernel");
        assertThat(refusal.code()).isZero();
        assertThat(refusal).hasMessage("file changed at the origin, try again");
        assertThat(get("kernel")).isEqualTo(changed);
    }

    @Test
    void a_fetch_that_cannot_be_resumed_fails_within_its_bound_and_leaves_nothing() throws Exception {
        open(new OriginTimes(
                TIMES.connect(), TIMES.headers(), TIMES.stall(), Duration.ZERO, TIMES.negative(), TIMES.retry()));
        origin.behave(TestOrigin.broken("\"one\"", CONTENT, 400_000));
        assertThat(refusalOf("kernel")).hasMessage("origin unavailable, try again");
        assertThat(filesInCache()).isEmpty();
    }

    @Test
    void a_body_that_stalls_is_resumed() throws Exception {
        open(new OriginTimes(
                TIMES.connect(),
                TIMES.headers(),
                Duration.ofMillis(200),
                TIMES.resume(),
                TIMES.negative(),
                TIMES.retry()));
        origin.behave(exchange -> {
            origin.behave(TestOrigin.file("\"one\"", CONTENT));
            exchange.getResponseHeaders().add("ETag", "\"one\"");
            exchange.sendResponseHeaders(200, CONTENT.length);
            exchange.getResponseBody().write(CONTENT, 0, 300_000);
            exchange.getResponseBody().flush();
            origin.silence().answer(exchange);
        });
        assertThat(get("kernel")).isEqualTo(CONTENT);
    }

    @Test
    void an_origin_that_does_not_answer_fails_within_its_bound_and_delays_no_other() throws Exception {
        open(new OriginTimes(
                TIMES.connect(),
                Duration.ofMillis(500),
                TIMES.stall(),
                TIMES.resume(),
                TIMES.negative(),
                TIMES.retry()));
        assertThat(get("kernel")).isEqualTo(CONTENT);
        origin.behave(origin.silence());
        List<CompletableFuture<Source>> waiting = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            waiting.add(ask("slow" + i));
        }
        assertThat(get("kernel")).isEqualTo(CONTENT);
        try (TestOrigin quick = new TestOrigin(TestOrigin.file("\"one\"", OTHER))) {
            Storage other = provider.open(URI.create(quick.uri()), new StorageSettings(WriteRules.READ_ONLY, false));
            assertThat(other.ioGroup()).isNotEqualTo(storage.ioGroup());
            ReadRequest request = new ReadRequest("kernel", TransferMode.OCTET, Options.NONE);
            try (Source source = other.open(request, PEER, Runnable::run)
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS)) {
                assertThat(contentOf(source)).isEqualTo(OTHER);
            }
        }
        for (CompletableFuture<Source> each : waiting) {
            assertThatThrownBy(() -> each.get(30, TimeUnit.SECONDS))
                    .hasMessageContaining("origin unavailable, try again");
        }
    }

    @Test
    void an_origin_that_is_not_there_is_unavailable() {
        origin.close();
        TftpException refusal = refusalOf("kernel");
        assertThat(refusal).hasMessage("origin unavailable, try again");
        assertThat(refusal.explained()).contains("connection refused");
    }

    @ParameterizedTest
    @CsvSource({
        "/boot/other,                    /boot/other",
        "other,                          /boot/other",
    })
    void a_redirect_within_the_host_is_followed(String location, String path) throws Exception {
        origin.behave(exchange -> {
            origin.behave(TestOrigin.file("\"one\"", CONTENT));
            exchange.getResponseHeaders().add("Location", location);
            TestOrigin.status(302).answer(exchange);
        });
        assertThat(get("kernel")).isEqualTo(CONTENT);
        assertThat(origin.requests()).containsExactly("GET /boot/kernel", "GET " + path);
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost:1/kernel,      origin unavailable",
        "http://127.0.0.1:1/kernel,      origin unavailable",
        "https://127.0.0.1/kernel,       origin unavailable",
        "http://169.254.169.254/latest,  origin unavailable",
        "file:///etc/passwd,             origin unavailable",
        "//192.0.2.1/kernel,             origin unavailable",
        "/boot/kernel/,                  file not found",
        "/boot/kernel,                   origin unavailable"
    })
    void any_other_redirect_is_refused(String location, String text) {
        origin.behave(exchange -> {
            exchange.getResponseHeaders().add("Location", location);
            TestOrigin.status(301).answer(exchange);
        });
        assertThat(refusalOf("kernel")).hasMessageContaining(text);
    }

    @Test
    void a_body_without_a_length_is_served_with_its_whole_content() throws Exception {
        origin.behave(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(CONTENT);
            exchange.close();
        });
        assertThat(get("kernel")).isEqualTo(CONTENT);
        try (Source again = opened("kernel")) {
            assertThat(again.size()).isEqualTo(CONTENT.length);
        }
    }

    @Test
    void an_endless_body_ends_in_an_error_and_evicts_nothing() throws Exception {
        open(TIMES, new SpoolLimits(16 << 20, 100, Duration.ofDays(30)));
        assertThat(get("kernel")).isEqualTo(CONTENT);
        origin.behave(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            while (true) {
                exchange.getResponseBody().write(CONTENT);
            }
        });
        try (Source source = opened("endless")) {
            ByteBuffer some = ByteBuffer.allocate(100_000);
            assertThatThrownBy(() -> {
                        while (source.read(some.clear()) >= 0) {
                            // reads on
                        }
                    })
                    .hasMessage("file is larger than the cache");
        }
        assertThat(get("kernel")).isEqualTo(CONTENT);
        assertThat(filesInCache()).containsExactly("body", "meta");
    }

    @Test
    void a_file_that_is_larger_than_the_cache_is_refused() {
        open(TIMES, new SpoolLimits(1000, 100, Duration.ofDays(30)));
        assertThat(refusalOf("kernel")).hasMessage("file is larger than the cache");
    }

    @Test
    void an_empty_file_is_served() throws Exception {
        origin.behave(TestOrigin.file("\"one\"", new byte[0]));
        assertThat(get("empty")).isEmpty();
        assertThat(get("empty")).isEmpty();
        assertThat(origin.requests()).hasSize(1);
    }

    @Test
    void a_body_that_does_not_match_its_checksum_is_never_served_to_its_end() throws Exception {
        String wrong = Base64.getEncoder().encodeToString(new byte[32]);
        origin.behave(TestOrigin.file("\"one\"", CONTENT, "Repr-Digest", "sha-256=:" + wrong + ":"));
        TftpException refusal = refusalOf("kernel");
        assertThat(refusal.explained()).contains("does not match repr-digest sha-256");
        assertThat(filesInCache()).isEmpty();
    }

    @Test
    void an_encoded_body_is_refused() {
        origin.behave(TestOrigin.file("\"one\"", CONTENT, "Content-Encoding", "gzip"));
        assertThat(refusalOf("kernel").explained()).contains("Content-Encoding: gzip");
    }

    @Test
    void a_response_that_must_not_be_stored_is_served_and_leaves_nothing() throws Exception {
        origin.behave(TestOrigin.file("\"one\"", CONTENT, "Cache-Control", "no-store"));
        assertThat(get("kernel")).isEqualTo(CONTENT);
        assertThat(get("kernel")).isEqualTo(CONTENT);
        assertThat(origin.requests()).hasSize(2);
    }

    @Test
    void a_damaged_file_is_noticed_and_fetched_again() throws Exception {
        assertThat(get("kernel")).isEqualTo(CONTENT);
        try (Stream<Path> files = Files.list(folder)) {
            Path body = files.filter(file -> file.toString().endsWith(".body"))
                    .findFirst()
                    .orElseThrow();
            byte[] bytes = Files.readAllBytes(body);
            bytes[500_000] ^= 1;
            Files.write(body, bytes);
        }
        assertThat(refusalOf("kernel")).hasMessage("cached file is damaged, try again"); // it was open
        assertThat(get("kernel")).isEqualTo(CONTENT);
        try (Stream<Path> files = Files.list(folder)) {
            Path body = files.filter(file -> file.toString().endsWith(".body"))
                    .findFirst()
                    .orElseThrow();
            Files.write(body, Arrays.copyOf(Files.readAllBytes(body), 999_999));
        }
        open(TIMES);
        assertThat(get("kernel")).isEqualTo(CONTENT); // noticed when it was opened
        assertThat(origin.requests()).hasSize(3);
    }

    @Test
    void names_are_encoded_and_lead_nowhere_else() throws Exception {
        origin.behave(TestOrigin.file("\"one\"", CONTENT));
        assertThat(get("a b/%2e%2e/c?d#e:f@g/ü\\h;i")).isEqualTo(CONTENT);
        assertThat(origin.requests()).containsExactly("GET /boot/a%20b/%252e%252e/c%3Fd%23e%3Af%40g/%C3%BC/h%3Bi");
        assertThat(get("x+y*z~-_.")).isEqualTo(CONTENT);
        assertThat(origin.requests()).last().isEqualTo("GET /boot/x%2By%2Az~-_.");
        assertThat(refusalOf("../secret").is(ErrorCode.ACCESS_VIOLATION)).isTrue();
        assertThat(refusalOf("").is(ErrorCode.ACCESS_VIOLATION)).isTrue();
        assertThat(storage().below("x y/z").locate("kernel")).isEqualTo(origin.uri() + "boot/x y/z/kernel");
    }

    @ParameterizedTest
    @CsvSource({"http://user:secret@host/", "http:///path", "http://host/path?secret", "http://host/#secret"})
    void a_uri_that_is_no_folder_of_a_host_is_refused_without_its_secrets(String uri) {
        open(TIMES);
        assertThatThrownBy(() -> provider.open(URI.create(uri), new StorageSettings(WriteRules.READ_ONLY, false)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: http://HOST[:PORT]/PATH/")
                .hasMessageNotContaining("secret");
    }
}
