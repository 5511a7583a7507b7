package dev.lockstep.tftp.origin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.client.TftpClient;
import dev.lockstep.tftp.client.TransferRequest;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.harness.Bytes;
import dev.lockstep.tftp.harness.ClientProcess;
import dev.lockstep.tftp.harness.Daemon;
import dev.lockstep.tftp.harness.Nginx;
import dev.lockstep.tftp.harness.RawSocketPeer;
import dev.lockstep.tftp.harness.Run;
import dev.lockstep.tftp.harness.S3Proxy;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.testing.TestBytes;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A site boots: thousands of clients request a file of an origin at once, while the origin works, is killed, or gets
 * another version of the file. The properties {@code storm.clients}, {@code storm.concurrency}, {@code storm.bytes} and
 * {@code storm.stale.seconds}
 * set other numbers. {@link HttpOriginIT} and {@link S3OriginIT} have the short forms.
 */
@Tag("soak")
class OriginStormIT {
    private static final int CLIENTS = Integer.getInteger("storm.clients", 10_000);
    private static final int AT_ONCE = Integer.getInteger("storm.concurrency", 1_000);
    private static final int BYTES = Integer.getInteger("storm.bytes", 8 << 20);
    /** A storm may take longer than the usual freshness of a minute, after which the origin is asked for changes. */
    private static final String FRESH = "--ttl=3600";

    private static final Duration LIMIT = Duration.ofMinutes(60);
    private static final int STALE_SECONDS = Integer.getInteger("storm.stale.seconds", 600);
    /** The bound for an error after a fetch was broken: 20 s without progress, and a slow machine. */
    private static final Duration ERROR_LIMIT = Duration.ofSeconds(90);

    @TempDir
    private Path folder;

    private enum Kind {
        NGINX,
        S3PROXY
    }

    /** A server with files, behind a slow link. */
    private interface Origin extends AutoCloseable {
        Daemon daemon(Path folder, String... flags);

        Path file(String name);

        void kill();

        void start();

        /** Returns the GET requests for a file that have ended, since the start or the last kill. */
        List<String> gets(String name);

        @Override
        void close();
    }

    private static final class NginxOrigin implements Origin {
        private final Nginx nginx;

        NginxOrigin(Path folder) throws IOException {
            nginx = new Nginx(folder, "limit_rate " + SlowLink.BYTES_PER_SECOND + "; limit_rate_after 100k;");
        }

        @Override
        public Daemon daemon(Path folder, String... flags) {
            return Daemon.servingOrigin(Map.of(), folder, nginx.uri(), flags);
        }

        @Override
        public Path file(String name) {
            return nginx.files().resolve(name);
        }

        @Override
        public void kill() {
            nginx.kill();
        }

        @Override
        public void start() {
            nginx.start();
        }

        @Override
        public List<String> gets(String name) {
            return nginx.requests().stream()
                    .filter(line -> line.contains(" /" + name + " "))
                    .toList();
        }

        @Override
        public void close() {
            nginx.close();
        }
    }

    private static final class S3Origin implements Origin {
        private final S3Proxy store;
        private final SlowLink link;

        S3Origin(Path folder) throws IOException {
            store = new S3Proxy(folder, "boot");
            link = new SlowLink(store.port());
        }

        @Override
        public Daemon daemon(Path folder, String... flags) {
            String[] all = Stream.concat(Stream.of("--s3-endpoint", link.uri()), Stream.of(flags))
                    .toArray(String[]::new);
            return Daemon.servingOrigin(store.credentials(), folder, "s3://boot/", all);
        }

        @Override
        public Path file(String name) {
            return store.files("boot").resolve(name);
        }

        @Override
        public void kill() {
            store.kill();
            link.cut();
        }

        @Override
        public void start() {
            store.start();
        }

        @Override
        public List<String> gets(String name) {
            return store.requestsFor("/boot/" + name).stream()
                    .filter(line -> line.contains("GET"))
                    .toList();
        }

        @Override
        public void close() {
            link.close();
            store.close();
        }
    }

    private Origin origin(Kind kind) throws IOException {
        Path place = Files.createDirectory(folder.resolve("origin"));
        return kind == Kind.NGINX ? new NginxOrigin(place) : new S3Origin(place);
    }

    private static URI remote(Daemon daemon, String name) {
        return URI.create("tftp://127.0.0.1:" + daemon.port() + "/" + name);
    }

    private Run storm(Daemon daemon, String name, Path expected) {
        return ClientProcess.tftp(
                folder,
                "load",
                remote(daemon, name).toString(),
                "--transfers=" + CLIENTS,
                "--concurrency=" + AT_ONCE,
                "--blksize=65464", // 80 GB in a few minutes
                "--windowsize=8",
                "--verify=" + expected);
    }

    private static void assertComplete(Run storm, Daemon daemon) {
        Run.Result result = storm.await(LIMIT);
        String warnings = daemon.printed()
                .lines()
                .filter(line -> line.contains("WARN") || line.contains("fetch"))
                .collect(Collectors.joining("\n"));
        assertThat(result.exit()).as("%s\n%s", result, warnings).isZero();
    }

    private Path expected(byte[] content) throws IOException {
        return Files.write(folder.resolve("expected"), content);
    }

    /** S3Proxy loads its classes at the first request, which takes longer than the daemon waits. */
    private static void warmUp(Daemon daemon) throws IOException {
        try (TftpClient client = TftpClient.builder().build()) {
            for (int tries = 0; tries < 30; tries++) {
                try {
                    client.get(remote(daemon, "none"));
                } catch (TftpException e) {
                    if (e.code() == 1) {
                        return;
                    }
                }
            }
        }
        throw new AssertionError("the origin does not answer");
    }

    private static void report(String what, Kind kind, long begun) {
        System.out.printf(
                "%s, %s: %d clients, %d at once, %d bytes: %.1f s%n",
                what, kind, CLIENTS, AT_ONCE, BYTES, (System.nanoTime() - begun) / 1e9);
    }

    @ParameterizedTest
    @EnumSource
    void a_cold_cache_takes_one_get(Kind kind) throws IOException {
        byte[] content = TestBytes.random(BYTES);
        try (Origin origin = origin(kind)) {
            Files.write(origin.file("kernel"), content);
            try (Daemon daemon = origin.daemon(folder, FRESH)) {
                warmUp(daemon);
                long begun = System.nanoTime();
                assertComplete(storm(daemon, "kernel", expected(content)), daemon);
                report("cold cache", kind, begun);
                assertThat(origin.gets("kernel")).hasSize(1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void an_origin_that_is_killed_in_mid_fetch_and_started_again_is_asked_for_the_rest(Kind kind) throws IOException {
        byte[] content = TestBytes.random(BYTES);
        try (Origin origin = origin(kind)) {
            Files.write(origin.file("kernel"), content);
            try (Daemon daemon = origin.daemon(folder, FRESH)) {
                warmUp(daemon);
                long begun = System.nanoTime();
                try (Run storm = storm(daemon, "kernel", expected(content))) {
                    PartialFiles.await(folder.resolve("cache"), BYTES / 4);
                    origin.kill();
                    origin.start();
                    assertComplete(storm, daemon);
                }
                report("killed and started", kind, begun);
                assertThat(origin.gets("kernel").size()).isBetween(1, 2);
                daemon.awaitLine("the fetch was resumed", line -> line.contains(" is resumed at "));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void an_origin_that_is_killed_for_good_leaves_a_stale_file_and_then_an_error(Kind kind) throws IOException {
        byte[] content = TestBytes.random(BYTES);
        try (Origin origin = origin(kind)) {
            Files.write(origin.file("kernel"), content);
            Files.write(origin.file("initrd"), content);
            try (Daemon daemon =
                            origin.daemon(folder, "--ttl", "1", "--stale-if-error", Integer.toString(STALE_SECONDS));
                    RawSocketPeer client = new RawSocketPeer()) {
                warmUp(daemon);
                assertThat(daemon.fetch("kernel")).isEqualTo(content);
                long fetched = System.nanoTime();
                origin.kill();
                try (Run storm = storm(daemon, "kernel", expected(content))) {
                    assertComplete(storm, daemon); // each transfer has begun while the file was served stale
                }
                report("killed for good", kind, fetched);
                long now = System.nanoTime();
                long end = fetched + TimeUnit.SECONDS.toNanos(STALE_SECONDS + 5);
                client.expectSilence(Duration.ofNanos(Math.max(1, end - now)));
                client.ask(daemon.address(), Bytes.rrq("kernel"));
                client.expectError(0);
                client.ask(daemon.address(), Bytes.rrq("initrd"));
                client.expectError(0);
            }
        }
    }

    /** Compares what it receives with two versions, so that it needs no memory of its own. */
    private static final class ComparingSink implements Sink {
        private final byte[] before;
        private final byte[] after;
        private boolean isBefore = true;
        private boolean isAfter = true;
        private int size;

        ComparingSink(byte[] before, byte[] after) {
            this.before = before;
            this.after = after;
        }

        @Override
        public void write(ByteBuffer from) {
            isBefore &= matches(from, before);
            isAfter &= matches(from, after);
            size += from.remaining();
            from.position(from.limit());
        }

        private boolean matches(ByteBuffer from, byte[] version) {
            return size + from.remaining() <= version.length
                    && from.equals(ByteBuffer.wrap(version, size, from.remaining()));
        }

        String version() {
            if (isBefore && size == before.length) {
                return "old";
            }
            return isAfter && size == after.length ? "new" : "mixed";
        }

        @Override
        public void commit() {
            // nothing is kept
        }

        @Override
        public void close() {
            // nothing is open
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_file_that_is_replaced_is_served_as_the_old_or_as_the_new_one(Kind kind) throws Exception {
        byte[] before = TestBytes.random(BYTES);
        byte[] after = TestBytes.random(BYTES + 1000);
        try (Origin origin = origin(kind);
                TftpClient client =
                        TftpClient.builder().blksize(65_464).windowsize(8).build()) {
            Files.write(origin.file("kernel"), before);
            Path replacement = Files.write(folder.resolve("replacement"), after);
            try (Daemon daemon = origin.daemon(folder, "--ttl", "0")) {
                warmUp(daemon);
                long begun = System.nanoTime();
                Semaphore places = new Semaphore(AT_ONCE);
                List<CompletableFuture<String>> transfers = new ArrayList<>();
                for (int i = 0; i < CLIENTS; i++) {
                    places.acquire();
                    if (i == CLIENTS / 2) {
                        Files.move(
                                replacement,
                                origin.file("kernel"),
                                StandardCopyOption.REPLACE_EXISTING,
                                StandardCopyOption.ATOMIC_MOVE);
                    }
                    ComparingSink sink = new ComparingSink(before, after);
                    transfers.add(client.getAsync(TransferRequest.of(remote(daemon, "kernel")), sink)
                            .handle((result, failure) -> {
                                places.release();
                                return failure == null ? sink.version() : "failed: " + failure.getMessage();
                            }));
                }
                places.acquire(AT_ONCE);
                Map<String, Long> versions = transfers.stream()
                        .map(CompletableFuture::join)
                        .collect(Collectors.groupingBy(version -> version, Collectors.counting()));
                report("replaced " + versions, kind, begun);
                assertThat(versions).containsOnlyKeys("old", "new");
            }
        }
    }

    /** No client has the file, and the origin does not come back: each client gets an error, and none a part. */
    @ParameterizedTest
    @EnumSource
    void an_origin_that_is_killed_in_mid_fetch_for_good_is_an_error_within_its_bound(Kind kind) throws Exception {
        byte[] content = TestBytes.random(BYTES);
        try (Origin origin = origin(kind);
                TftpClient client = TftpClient.builder().windowsize(16).build()) {
            Files.write(origin.file("kernel"), content);
            try (Daemon daemon = origin.daemon(folder)) {
                warmUp(daemon);
                List<CompletableFuture<String>> transfers = new ArrayList<>();
                for (int i = 0; i < AT_ONCE; i++) {
                    transfers.add(client.getAsync(
                                    TransferRequest.of(remote(daemon, "kernel")), new ComparingSink(content, content))
                            .handle((result, failure) -> failure == null ? "complete" : failure.getMessage()));
                }
                PartialFiles.await(folder.resolve("cache"), BYTES / 4);
                origin.kill();
                long killed = System.nanoTime();
                for (CompletableFuture<String> each : transfers) {
                    assertThat(each.get(ERROR_LIMIT.toSeconds(), TimeUnit.SECONDS))
                            .contains("origin unavailable, try again");
                }
                report("killed in mid-fetch", kind, killed);
            }
        }
    }
}
