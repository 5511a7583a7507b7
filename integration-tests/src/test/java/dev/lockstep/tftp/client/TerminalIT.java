package dev.lockstep.tftp.client;

import static dev.lockstep.tftp.harness.Bytes.ack;
import static dev.lockstep.tftp.harness.Bytes.oack;
import static dev.lockstep.tftp.harness.Bytes.pattern;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Bytes;
import dev.lockstep.tftp.harness.Daemon;
import dev.lockstep.tftp.harness.FakeServer;
import dev.lockstep.tftp.harness.RawSocketPeer;
import dev.lockstep.tftp.harness.Repository;
import dev.lockstep.tftp.harness.Tmux;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The client on a real terminal. */
@Timeout(300)
class TerminalIT {
    private static final Path TFTP = Repository.ROOT.resolve("client/bin/tftp");
    private static final int BLKSIZE = 60_000;
    private static final int BLOCKS = 100;

    @TempDir
    private Path folder;

    private static boolean endsWithPrompt(String screen) {
        return screen.lines().reduce((one, next) -> next).orElse("").equals("tftp>");
    }

    @Test
    void a_shell_prompts_completes_keeps_a_history_and_exits() throws IOException {
        Path root = Files.createDirectory(folder.resolve("root"));
        Files.write(root.resolve("file"), pattern(1942));
        Files.write(folder.resolve("upload.bin"), pattern(10));
        try (Daemon daemon = Daemon.serving(root, "--writable");
                Tmux terminal = Tmux.start(folder, TFTP + " shell 127.0.0.1 " + daemon.port())) {
            terminal.await(TerminalIT::endsWithPrompt);

            terminal.type("ge", "Tab", "file", "Enter");
            terminal.await(
                    screen -> screen.contains("tftp> get file\nReceived 1942 bytes in ") && endsWithPrompt(screen));
            assertThat(folder.resolve("file")).hasBinaryContent(pattern(1942));

            terminal.type("put up", "Tab", "Enter");
            terminal.await(
                    screen -> screen.contains("tftp> put upload.bin\nSent 10 bytes in ") && endsWithPrompt(screen));

            terminal.type("get nothing", "Enter");
            terminal.await(
                    screen -> screen.contains("/nothing: server: file not found (error 1)") && endsWithPrompt(screen));

            Files.delete(folder.resolve("file"));
            terminal.type("Up", "Up", "Up", "Enter"); // skip the two later commands
            terminal.await(screen -> screen.split("Received 1942", -1).length == 3 && endsWithPrompt(screen));
            assertThat(folder.resolve("file")).exists();

            terminal.type("quit", "Enter");
            terminal.await(screen -> screen.endsWith("exit 1")); // one get failed
        }
    }

    @Test
    void ctrl_c_in_a_shell_ends_the_transfer_and_not_the_shell() {
        try (FakeServer silent = new FakeServer();
                Tmux terminal = Tmux.start(folder, TFTP + " shell 127.0.0.1 " + silent.port())) {
            terminal.await(TerminalIT::endsWithPrompt);
            terminal.type("get file", "Enter");
            silent.awaitRequest();
            terminal.type("C-c");
            terminal.await(screen -> screen.contains("/file: closed") && endsWithPrompt(screen));
            assertThat(folder.toFile().list()).containsOnly(".state");
        }
    }

    @Test
    void a_shell_keeps_the_history_of_the_previous_one() throws IOException {
        try (FakeServer server = new FakeServer()) {
            String command = TFTP + " shell 127.0.0.1 " + server.port();
            try (Tmux terminal = Tmux.start(folder, command)) {
                terminal.await(TerminalIT::endsWithPrompt);
                terminal.type("blksize 1024", "Enter");
                terminal.type("quit", "Enter");
                terminal.await(screen -> screen.endsWith("exit 0"));
            }
            assertThat(Tmux.state(folder).resolve("tftp_history")).content().contains("blksize 1024");
            try (Tmux terminal = Tmux.start(folder, command)) {
                terminal.await(TerminalIT::endsWithPrompt);
                terminal.type("Up", "Up"); // skip the quit
                terminal.await(screen -> screen.endsWith("tftp> blksize 1024"));
            }
        }
    }

    @Test
    void a_load_shows_its_progress_on_one_line_and_then_only_its_table() throws IOException {
        Files.write(folder.resolve("file"), pattern(10_000));
        try (Daemon daemon = Daemon.serving(folder);
                Tmux terminal = Tmux.start(
                        folder, TFTP + " load tftp://127.0.0.1:" + daemon.port() + "/file --rate 50 --transfers 200")) {
            terminal.await(screen -> screen.contains(" of 200 complete, 0 failed, "));
            String end = terminal.await(screen -> screen.contains("exit 0"));
            assertThat(end).contains("transfers    200 complete, 0 failed").doesNotContain(" of 200 complete");
        }
    }

    /** Starts a get of 6 MB and serves all but the last byte. */
    private static RawSocketPeer getAllButOneByte(FakeServer server) {
        RawSocketPeer tid = server.answerer(server.awaitRequest());
        tid.send(oack("timeout", "200", "blksize", "" + BLKSIZE, "tsize", "" + (BLOCKS * BLKSIZE + 1)));
        tid.expect(ack(0));
        byte[] block = pattern(BLKSIZE);
        for (int n = 1; n <= BLOCKS; n++) {
            tid.send(Bytes.data(n, block));
            tid.expect(ack(n));
        }
        return tid;
    }

    private static String slowGet(FakeServer server) {
        return TFTP + " get " + server.url("file") + " --timeout 200 --windowsize 1 --blksize " + BLKSIZE;
    }

    @Test
    void a_long_get_shows_a_progress_bar_and_then_only_its_result() {
        try (FakeServer server = new FakeServer();
                Tmux terminal = Tmux.start(folder, slowGet(server))) {
            RawSocketPeer tid = getAllButOneByte(server);
            terminal.await(screen -> screen.contains("%") && screen.contains(" of 6.0 MB"));
            tid.send(Bytes.data(BLOCKS + 1, new byte[1]));
            String end = terminal.await(screen -> screen.contains("exit 0"));
            assertThat(end).contains("file: 6000001 bytes in ").doesNotContain("%");
        }
    }

    @Test
    void ctrl_c_while_the_progress_bar_is_shown_leaves_no_temporary_file() {
        try (FakeServer server = new FakeServer();
                Tmux terminal = Tmux.start(folder, "trap : INT; " + slowGet(server))) { // the shell continues
            getAllButOneByte(server);
            terminal.await(screen -> screen.contains("%"));
            terminal.type("C-c");
            String end = terminal.await(screen -> screen.contains("exit 130"));
            assertThat(end).contains("/file: interrupted").doesNotContain("%");
            assertThat(folder.toFile().list()).isEmpty();
        }
    }
}
