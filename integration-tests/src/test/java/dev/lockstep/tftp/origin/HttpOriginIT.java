package dev.lockstep.tftp.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tftp.client.TftpClient;
import dev.lockstep.tftp.harness.ClientProcess;
import dev.lockstep.tftp.harness.Daemon;
import dev.lockstep.tftp.harness.InProcess;
import dev.lockstep.tftp.harness.Nginx;
import dev.lockstep.tftp.harness.RawSocketPeer;
import dev.lockstep.tftp.harness.Run;
import dev.lockstep.tftp.testing.TestBytes;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpOriginIT {
    private static final Duration STORM = Duration.ofMinutes(20);
    private static final int MIB = 1 << 20;

    @TempDir
    private Path folder;

    private Nginx nginx;

    @BeforeEach
    void startOrigin() throws IOException {
        nginx = new Nginx(
                Files.createDirectory(folder.resolve("nginx")),
                "location /slow/ { limit_rate 100k; limit_rate_after 25k; }",
                "location /put/ { dav_methods PUT; create_full_put_path on; }");
        Files.createDirectory(nginx.files().resolve("slow"));
    }

    @AfterEach
    void stopOrigin() {
        if (nginx != null) {
            nginx.close();
        }
    }

    private Daemon daemon(String... flags) {
        return Daemon.servingOrigin(Map.of(), folder, nginx.uri(), flags);
    }

    private static URI remote(Daemon daemon, String name) {
        return URI.create("tftp://127.0.0.1:" + daemon.port() + "/" + name);
    }

    private Run storm(Daemon daemon, String name, Path expected, int clients, int atOnce) {
        return ClientProcess.tftp(
                folder,
                "load",
                remote(daemon, name).toString(),
                "--transfers=" + clients,
                "--concurrency=" + atOnce,
                "--windowsize=16",
                "--verify=" + expected,
                "--quiet");
    }

    private List<String> requestsFor(String path) {
        return nginx.requests().stream()
                .filter(line -> line.contains(" " + path + " "))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"500, 100, 175000"})
    void a_storm_is_one_get_at_the_origin_even_if_it_dies_in_mid_fetch(int clients, int atOnce, int size)
            throws IOException {
        Path whole = Files.write(nginx.files().resolve("slow/kernel"), TestBytes.random(size));
        Path broken = Files.write(nginx.files().resolve("slow/initrd"), TestBytes.random(size));
        try (Daemon daemon = daemon()) {
            storm(daemon, "slow/kernel", whole, clients, atOnce).await(STORM).assertExit(0);
            assertThat(requestsFor("/slow/kernel")).containsExactly("GET /slow/kernel 200 \"-\"");

            try (Run storm = storm(daemon, "slow/initrd", broken, clients, atOnce)) {
                PartialFiles.await(folder.resolve("cache"), size / 2);
                nginx.kill();
                nginx.start();
                storm.await(STORM).assertExit(0);
            }
            assertThat(requestsFor("/slow/initrd")).singleElement().asString().contains(" 206 \"bytes=");
            assertThat(requestsFor("/slow/kernel")).hasSize(1);
        }
    }

    @Test
    void a_file_that_is_replaced_during_the_storm_is_served_as_the_old_or_the_new_one() throws Exception {
        byte[] before = TestBytes.random(MIB / 2);
        byte[] after = TestBytes.random(MIB / 2 + 1000);
        Path file = Files.write(nginx.files().resolve("slow/kernel"), before);
        Path replacement = Files.write(nginx.files().resolve("new"), after);
        try (Daemon daemon = daemon("--ttl", "0");
                TftpClient client = TftpClient.builder().build()) {
            List<CompletableFuture<byte[]>> transfers = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                transfers.add(client.getAsync(remote(daemon, "slow/kernel")));
            }
            PartialFiles.await(folder.resolve("cache"), MIB / 8);
            Files.move(replacement, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            for (int i = 0; i < 40; i++) {
                transfers.add(client.getAsync(remote(daemon, "slow/kernel")));
            }
            for (CompletableFuture<byte[]> each : transfers) {
                byte[] content = each.get(120, TimeUnit.SECONDS);
                assertThat(Arrays.equals(content, before) || Arrays.equals(content, after))
                        .as("%d bytes", content.length)
                        .isTrue();
            }
            assertThat(client.get(remote(daemon, "slow/kernel"))).isEqualTo(after);
        }
    }

    @Test
    void a_stale_file_is_served_while_the_origin_is_away_also_after_a_restart_and_then_no_more() throws IOException {
        byte[] content = TestBytes.random(100_000);
        Files.write(nginx.files().resolve("kernel"), content);
        try (Daemon daemon = daemon("--ttl", "0")) {
            assertThat(daemon.fetch("kernel")).isEqualTo(content);
            nginx.kill();
            assertThat(daemon.fetch("kernel")).isEqualTo(content);
            daemon.awaitLine("a warning", line -> line.contains("is unavailable: connection refused"));
        }
        try (Daemon daemon = daemon("--ttl", "0")) {
            assertThat(daemon.fetch("kernel")).isEqualTo(content);
        }
        try (Daemon daemon = daemon("--ttl", "0", "--stale-if-error", "0");
                RawSocketPeer client = new RawSocketPeer()) {
            client.ask(daemon.address(), dev.lockstep.tftp.harness.Bytes.rrq("kernel"));
            client.expectError(0);
            nginx.start();
            assertThat(daemon.fetch("kernel")).isEqualTo(content);
        }
    }

    /** A folder for each client, a zip file, and the origin, in this order. */
    @Test
    void the_first_root_that_has_a_file_serves_it_and_takes_the_uploads() throws Exception {
        byte[] kernel = TestBytes.random(700_000);
        byte[] config = TestBytes.random(1000);
        Path local = Files.createDirectories(folder.resolve("local/127.0.0.1"));
        Files.write(local.resolve("config"), config);
        Path zip = folder.resolve("boot.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            out.putNextEntry(new ZipEntry("tftp/kernel"));
            out.write(kernel);
        }
        for (String name : List.of("config", "kernel", "initrd")) {
            Files.write(nginx.files().resolve(name), TestBytes.random(300_000));
        }
        byte[] initrd = Files.readAllBytes(nginx.files().resolve("initrd"));
        String[] flags = {"--root", "zip:" + zip + "!/tftp/", "--root", nginx.uri(), "--writable", "--ttl=3600"};
        assertThat(InProcess.tftpd(
                                "prefetch",
                                "--cache-dir=" + folder.resolve("cache"),
                                "--ttl=3600",
                                "--root=zip:" + zip + "!/tftp/",
                                "--root=" + nginx.uri(),
                                "kernel",
                                "initrd")
                        .output())
                .isEqualTo("kernel: 700000 bytes\ninitrd: 300000 bytes\n");
        try (Daemon daemon = Daemon.servingOrigin(Map.of(), folder, "file:" + folder + "/local/{ip}", flags);
                TftpClient client = TftpClient.builder().build()) {
            assertThat(daemon.fetch("config")).isEqualTo(config);
            assertThat(client.get(remote(daemon, "kernel"))).isEqualTo(kernel);
            assertThat(client.get(remote(daemon, "initrd"))).isEqualTo(initrd);
            assertThat(nginx.requests()).containsExactly("GET /initrd 200 \"-\"");

            client.put(config, remote(daemon, "inventory"));
            assertThat(local.resolve("inventory")).hasBinaryContent(config);
            assertThatThrownBy(() -> client.put(config, remote(daemon, "kernel")))
                    .hasMessageContaining("file exists");
            assertThatThrownBy(() -> client.put(config, remote(daemon, "initrd")))
                    .hasMessageContaining("file exists");
            assertThatThrownBy(() -> client.get(remote(daemon, "none"))).hasMessageContaining("file not found");
            daemon.awaitLine(
                    "each root",
                    line -> line.contains("file not found (" + local + "/none; zip:" + zip + "!/tftp/none; "
                            + nginx.uri() + "none, HTTP status 404"));
            nginx.kill();
            assertThat(client.get(remote(daemon, "kernel"))).isEqualTo(kernel);
            assertThatThrownBy(() -> client.get(remote(daemon, "other"))).hasMessageContaining("origin unavailable");
        }
    }

    @Test
    void an_upload_is_at_the_origin_when_its_last_ack_is_sent() throws Exception {
        byte[] content = TestBytes.random(100_000);
        try (Daemon daemon = daemon("--writable", "--overwrite");
                TftpClient client = TftpClient.builder().build()) {
            client.put(content, remote(daemon, "put/inventory/client-1"));
            assertThat(nginx.files().resolve("put/inventory/client-1")).hasBinaryContent(content);
            assertThat(client.get(remote(daemon, "put/inventory/client-1"))).isEqualTo(content);
            byte[] other = TestBytes.random(1000);
            client.put(other, remote(daemon, "put/inventory/client-1"));
            assertThat(client.get(remote(daemon, "put/inventory/client-1"))).isEqualTo(other);
        }
        assertThat(PartialFiles.size(folder.resolve("cache"))).isZero();
    }

    /** Kills the daemon at several points of a fetch. The next daemon on the same cache serves the right bytes. */
    @ParameterizedTest
    @CsvSource({"6"})
    void no_wrong_byte_is_served_after_a_kill_in_mid_fetch(int kills) throws IOException {
        byte[] content = TestBytes.random(MIB / 2);
        Files.write(nginx.files().resolve("slow/kernel"), content);
        for (int i = 0; i < kills; i++) {
            Daemon daemon = daemon();
            try (Run client = ClientProcess.tftp(
                    folder, "get", remote(daemon, "slow/kernel").toString(), "-o", "got")) {
                awaitBytesOrEnd((long) content.length * i / Math.max(1, kills - 1), client);
                daemon.kill();
            }
            if (Files.exists(folder.resolve("got"))) { // the last kill may be after the end
                assertThat(folder.resolve("got")).hasBinaryContent(content);
            }
        }
        try (Daemon daemon = daemon()) {
            ClientProcess.tftp(folder, "get", remote(daemon, "slow/kernel").toString(), "-o", "got")
                    .await()
                    .assertExit(0);
            assertThat(folder.resolve("got")).hasBinaryContent(content);
        }
    }

    private void awaitBytesOrEnd(long bytes, Run client) throws IOException {
        while (PartialFiles.size(folder.resolve("cache")) < bytes && client.isAlive()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    @Test
    @Tag("soak")
    void no_wrong_byte_is_served_after_100_kills() throws IOException {
        no_wrong_byte_is_served_after_a_kill_in_mid_fetch(100);
    }
}
