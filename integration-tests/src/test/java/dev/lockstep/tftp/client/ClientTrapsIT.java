package dev.lockstep.tftp.client;

import static dev.lockstep.tftp.harness.Bytes.ack;
import static dev.lockstep.tftp.harness.Bytes.block;
import static dev.lockstep.tftp.harness.Bytes.bytes;
import static dev.lockstep.tftp.harness.Bytes.data;
import static dev.lockstep.tftp.harness.Bytes.error;
import static dev.lockstep.tftp.harness.Bytes.oack;
import static dev.lockstep.tftp.harness.Bytes.pattern;
import static dev.lockstep.tftp.harness.ClientProcess.tftp;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Daemon;
import dev.lockstep.tftp.harness.Datagram;
import dev.lockstep.tftp.harness.FakeServer;
import dev.lockstep.tftp.harness.RawSocketPeer;
import dev.lockstep.tftp.harness.Repository;
import dev.lockstep.tftp.harness.Run;
import dev.lockstep.tftp.harness.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Failures that a script must notice: exit status, message, and what is on disk. Other TFTP clients hide some of them.
 */
@Timeout(180)
class ClientTrapsIT {
    private static final byte[] CONTENT = pattern(3 * 512 + 100);
    private static final byte[] OLD = bytes("what was there before");

    @TempDir
    private Path folder;

    private final FakeServer server = new FakeServer();
    private Run client;
    private RawSocketPeer tid;

    @AfterEach
    void close() {
        if (client != null) {
            client.close();
        }
        server.close();
    }

    /** Starts a get of {@code file} and takes its request. */
    private void get(String... flags) {
        start(flags);
        Datagram request = server.awaitRequest();
        tid = server.answerer(request);
    }

    private void start(String... flags) {
        List<String> arguments = new ArrayList<>(List.of("get", server.url("file")));
        arguments.addAll(List.of(flags));
        client = tftp(folder, arguments.toArray(String[]::new));
    }

    private void sendBlocks(int from, int to) {
        for (int n = from; n <= to; n++) {
            tid.send(data(n, block(CONTENT, n, 512)));
            tid.expect(ack(n));
        }
    }

    private void expectSuccess(byte[] content) throws IOException {
        Run.Result result = client.await();
        assertThat(result.exit()).as(result.toString()).isZero();
        assertThat(result.output()).startsWith(server.url("file") + ": " + content.length + " bytes in ");
        assertThat(result.stderr()).isEmpty();
        assertThat(folder.resolve("file")).hasBinaryContent(content);
        expectOnDisk(folder, "file");
    }

    /** Expects exit status 1, exactly that line on standard error, and nothing on standard output. */
    private void expectFailure(String codeAndText) {
        Run.Result result = client.await();
        assertThat(result.exit()).as(result.toString()).isEqualTo(1);
        assertThat(result.stderr()).isEqualTo("tftp: " + server.url("file") + ": " + codeAndText + "\n");
        assertThat(result.output()).isEmpty();
    }

    private static void expectOnDisk(Path where, String... names) throws IOException {
        try (Stream<Path> files = Files.list(where)) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder(names);
        }
    }

    @Test
    void a_missing_file_is_a_failure_and_leaves_no_empty_one() throws IOException {
        get();
        tid.send(error(1, "File not found"));
        expectFailure("server: File not found (error 1)");
        expectOnDisk(folder);
    }

    @Test
    void an_empty_file_is_a_file() throws IOException {
        get("--no-options");
        tid.send(data(1, bytes()));
        tid.expect(ack(1));
        expectSuccess(bytes());
    }

    @Test
    void a_block_longer_than_negotiated_is_refused_and_not_truncated() throws IOException {
        get("--no-options");
        sendBlocks(1, 1);
        tid.send(data(2, pattern(600)));
        tid.expectError(4);
        expectFailure("block longer than the negotiated 512 bytes");
        expectOnDisk(folder);
    }

    @Test
    void data_from_an_unknown_tid_is_not_in_the_file() throws IOException {
        get("--no-options");
        sendBlocks(1, 1);
        try (RawSocketPeer unknown = new RawSocketPeer().talkTo(tid.peer())) {
            unknown.send(data(2, bytes("not from here")));
            unknown.expectError(5);
        }
        sendBlocks(2, 4);
        expectSuccess(CONTENT);
    }

    @Test
    void an_option_that_was_not_requested_is_refused() throws IOException {
        get("--timeout", "5");
        tid.send(oack("blksize", "1428", "multicast", "224.0.0.1,1758,1"));
        tid.expectError(8);
        expectFailure("option multicast: not requested");
        expectOnDisk(folder);
    }

    @Test
    void a_larger_blksize_than_requested_is_refused() throws IOException {
        get("--blksize", "1024");
        tid.send(oack("blksize", "2048"));
        tid.expectError(8);
        expectFailure("option blksize: 2048 (expected: 8 to 1024)");
        expectOnDisk(folder);
    }

    @Test
    void a_file_that_ends_before_its_size_is_a_failure() throws IOException {
        get("--blksize", "512", "--windowsize", "1");
        tid.send(oack("tsize", "10000"));
        tid.expect(ack(0));
        for (int n = 1; n <= 3; n++) {
            tid.send(data(n, block(CONTENT, n, 512)));
            tid.expect(ack(n));
        }
        tid.send(data(4, block(CONTENT, 4, 512)));
        tid.expectError(0);
        expectFailure(CONTENT.length + " bytes received (expected: 10000, as announced)");
        expectOnDisk(folder);
    }

    @Test
    void a_full_disk_is_a_failure_and_its_space_is_freed() throws IOException {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        Tool.needed(Tool.ROOT, "mount");
        Run.Result mounted = Run.run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk.toString());
        Tool.require(mounted.exit() == 0, "the right to mount");
        try {
            Files.write(disk.resolve("file"), OLD);
            get("-o", "disk/", "--blksize", "60000", "--windowsize", "1");
            tid.send(oack("blksize", "60000"));
            tid.expect(ack(0));
            tid.send(data(1, new byte[60000]));
            tid.expect(ack(1));
            tid.send(data(2, new byte[60000]));
            tid.awaitError(3);
            expectFailure("cannot write disk/file: no space left");
            assertThat(disk.resolve("file")).hasBinaryContent(OLD);
            expectOnDisk(disk, "file");
        } finally {
            Run.run("umount", disk.toString());
        }
    }

    @Test
    void a_target_that_cannot_be_written_fails_before_any_request() throws IOException {
        start("-o", "no/such/folder/file");
        expectFailure("cannot write no/such/folder/file: no such directory");
        assertThat(server.listener().pollUntilRest()).isEmpty();

        Files.createDirectories(folder.resolve("file/inside"));
        start();
        expectFailure("cannot write file: is a directory");
        assertThat(server.listener().pollUntilRest()).isEmpty();
        expectOnDisk(folder, "file");
    }

    @Test
    void a_failure_leaves_an_existing_target_unchanged() throws IOException {
        Files.write(folder.resolve("file"), OLD);
        get("--no-options");
        sendBlocks(1, 2);
        tid.send(error(0, "disk on fire"));
        expectFailure("server: disk on fire (error 0)");
        assertThat(folder.resolve("file")).hasBinaryContent(OLD);
        expectOnDisk(folder, "file");
    }

    @Test
    void a_server_that_dies_midway_is_a_failure_that_leaves_no_file() throws IOException {
        get("--no-options", "--give-up", "2");
        sendBlocks(1, 2);
        int port = tid.port();
        tid.vanish();
        expectFailure("no answer from 127.0.0.1:" + port + " for 2 s, after 1024 bytes");
        expectOnDisk(folder);
    }

    @Test
    void a_port_without_a_server_is_a_failure_at_once() throws IOException {
        int port = server.port();
        String url = server.url("file");
        server.close();
        client = tftp(folder, "get", "file", "127.0.0.1", "" + port, "--json", "--give-up", "170");
        Run.Result result = client.await();
        assertThat(result.exit()).as(result.toString()).isEqualTo(1);
        assertThat(result.stderr())
                .isEqualTo("tftp: " + url + ": no server at 127.0.0.1:" + port + " (port unreachable)\n");
        assertThat(result.output())
                .contains("\"from_peer\":false", "\"code\":0", "\"path\":\"" + folder.resolve("file") + "\"");
        expectOnDisk(folder);
    }

    @Test
    void a_server_that_never_answers_is_a_failure() throws IOException {
        start("--give-up", "1");
        server.awaitRequest();
        Run.Result result = client.await();
        assertThat(result.exit()).as(result.toString()).isEqualTo(1);
        assertThat(result.stderr())
                .startsWith("tftp: " + server.url("file") + ": no answer from 127.0.0.1:" + server.port()
                        + " in 1 s (asked ");
        expectOnDisk(folder);
    }

    @Test
    void standard_input_is_put_and_a_directory_for_a_get_is_created() throws IOException {
        try (Daemon daemon = Daemon.serving(Files.createDirectory(folder.resolve("root")), "--writable")) {
            String url = "tftp://127.0.0.1:" + daemon.port() + "/copy";
            String script = "printf content | \"$0\" put - " + url + " && exec \"$0\" get -4 --create-dirs --retry 3 "
                    + url + " -o new/folder/ --json";
            Path tftp = Repository.ROOT.resolve("client/bin/tftp");
            client = Run.start(folder, Map.of(), List.of("sh", "-c", script, tftp.toString()));
            Run.Result result = client.await();
            assertThat(result.exit()).as(result.toString()).isZero();
            assertThat(folder.resolve("new/folder/copy")).hasContent("content");
            assertThat(result.output()).contains("\"path\":\"" + folder.resolve("new/folder/copy") + "\"");
        }
    }
}
