package dev.lockstep.tftp.wire;

import static dev.lockstep.tftp.harness.Bytes.pattern;
import static dev.lockstep.tftp.harness.Bytes.rrq;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Daemon;
import dev.lockstep.tftp.harness.RawSocketPeer;
import dev.lockstep.tftp.harness.Repository;
import dev.lockstep.tftp.harness.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests both ends on the NIO transport, which is used where epoll is not available. */
@Timeout(90)
class NioIT {
    private static final String NIO = "-Ddev.lockstep.tftp.transport=nio";

    @TempDir
    private Path root;

    @TempDir
    private Path local;

    @ParameterizedTest
    @CsvSource({"127.0.0.1, --quiet", "[::1], --quiet", "127.0.0.1, --single-port", "[::1], --single-port"})
    void a_file_is_uploaded_and_downloaded_again(String host, String flag) throws IOException {
        byte[] content = pattern(300_000);
        Files.write(local.resolve("content"), content);
        try (Daemon daemon = daemon("--writable", flag)) {
            String uri = "tftp://" + host + ":" + daemon.port() + "/content";
            client("put", "content", uri);
            assertThat(root.resolve("content")).hasBinaryContent(content);
            client("get", uri, "-o", "got");
            assertThat(local.resolve("got")).hasBinaryContent(content);
            client("get", uri, "-o", "plain", "--no-options");
            assertThat(local.resolve("plain")).hasBinaryContent(content);
        }
    }

    @Test
    void a_single_port_serves_all_transfers() throws IOException {
        Files.write(root.resolve("target"), pattern(100));
        try (Daemon daemon = daemon("--single-port");
                RawSocketPeer client = new RawSocketPeer()) {
            client.ask(daemon.address(), rrq("target"));
            assertThat(client.download(512, 1)).isEqualTo(pattern(100));
            assertThat(client.peer()).isEqualTo(daemon.address());
            client.talkTo(null);
        }
    }

    private Daemon daemon(String... flags) {
        return Daemon.startedWith(Map.of("JAVA_OPTS", NIO), root, flags);
    }

    private void client(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Repository.ROOT.resolve("client/bin/tftp").toString());
        command.addAll(List.of(arguments));
        Map<String, String> environment = Map.of("JAVA_OPTS", Repository.JAVA_OPTIONS + " " + NIO);
        try (Run run = Run.start(local, environment, command)) {
            Run.Result result = run.await();
            assertThat(result.exit()).as(result.toString()).isZero();
        }
    }
}
