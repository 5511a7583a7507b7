package dev.lockstep.tftp.origin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.client.TftpClient;
import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.harness.Bytes;
import dev.lockstep.tftp.harness.ClientProcess;
import dev.lockstep.tftp.harness.Daemon;
import dev.lockstep.tftp.harness.RawSocketPeer;
import dev.lockstep.tftp.harness.S3Proxy;
import dev.lockstep.tftp.testing.TestBytes;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class S3OriginIT {
    private static final int MULTIPART = 65 << 20;
    private static final int LARGEST_BLKSIZE = 65464;

    @TempDir
    private Path folder;

    private static URI remote(Daemon daemon, String name) {
        return URI.create("tftp://127.0.0.1:" + daemon.port() + "/" + name);
    }

    @Test
    void files_of_a_bucket_are_fetched_once_and_stored() throws IOException {
        try (S3Proxy store = new S3Proxy(Files.createDirectory(folder.resolve("store")), "boot")) {
            Path kernel =
                    Files.createDirectories(store.files("boot").resolve("v3")).resolve("kernel 1");
            Files.write(kernel, TestBytes.random(175_000));
            String[] flags = {"--s3-endpoint", store.endpoint(), "--writable"};
            try (Daemon daemon = Daemon.servingOrigin(store.credentials(), folder, "s3://boot/v3/", flags);
                    TftpClient client = TftpClient.builder().build()) {
                warmUp(daemon, client);
                ClientProcess.tftp(
                                folder,
                                "load",
                                remote(daemon, "kernel%201").toString(),
                                "--transfers=500",
                                "--concurrency=100",
                                "--windowsize=16",
                                "--verify=" + kernel,
                                "--quiet")
                        .await(Duration.ofMinutes(5))
                        .assertExit(0);
                assertThat(store.requestsFor("/boot/v3/kernel%201"))
                        .filteredOn(line -> line.contains("GET"))
                        .hasSize(1);
                uploads(daemon, client, store);
            }
            wrongKey(store, flags);
        }
    }

    /** Asks until the store answers within the bound of the daemon: its classes are loaded at its first request. */
    private static void warmUp(Daemon daemon, TftpClient client) throws IOException {
        for (int tries = 1; ; tries++) {
            try {
                client.get(remote(daemon, "nothing"));
            } catch (TftpException e) {
                if (e.is(ErrorCode.FILE_NOT_FOUND)) {
                    return;
                }
                assertThat(tries).as(e.getMessage()).isLessThan(20);
            }
        }
    }

    private static void uploads(Daemon daemon, TftpClient client, S3Proxy store) throws IOException {
        byte[] small = TestBytes.random(10_000);
        client.put(small, remote(daemon, "logs/client-1"));
        assertThat(store.files("boot").resolve("v3/logs/client-1")).hasBinaryContent(small);
        assertThat(client.get(remote(daemon, "logs/client-1"))).isEqualTo(small);
        Assertions.assertThatThrownBy(() -> client.put(small, remote(daemon, "logs/client-1")))
                .isInstanceOf(TftpException.class)
                .hasMessageContaining("file exists");

        byte[] large = TestBytes.random(MULTIPART);
        try (TftpClient inLargeBlocks =
                TftpClient.builder().blksize(LARGEST_BLKSIZE).build()) {
            inLargeBlocks.put(large, remote(daemon, "large"));
        }
        assertThat(store.files("boot").resolve("v3/large")).hasBinaryContent(large);
        assertThat(store.requestsFor("uploadId=")).isNotEmpty();
    }

    private void wrongKey(S3Proxy store, String... flags) {
        Map<String, String> wrong =
                Map.of("AWS_ACCESS_KEY_ID", "test-identity", "AWS_SECRET_ACCESS_KEY", "not-the-key");
        try (Daemon daemon = Daemon.servingOrigin(wrong, folder, "s3://boot/v3/", flags);
                RawSocketPeer client = new RawSocketPeer()) {
            client.ask(daemon.address(), Bytes.rrq("other"));
            client.expectError(2);
            daemon.awaitLine("the reason", line -> line.contains("HTTP status 403"));
            assertThat(daemon.printed()).doesNotContain("not-the-key");
        }
    }
}
