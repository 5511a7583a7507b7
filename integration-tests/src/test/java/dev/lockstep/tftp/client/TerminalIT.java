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
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
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
                Tmux terminal = Tmux.start(folder, TFTP + " 127.0.0.1 " + daemon.port())) {
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
            terminal.await(screen -> screen.contains("/file: interrupted") && endsWithPrompt(screen));
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
            assertThat(Files.getPosixFilePermissions(Tmux.state(folder).resolve("tftp_history")))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
            try (Tmux terminal = Tmux.start(folder, command)) {
                terminal.await(TerminalIT::endsWithPrompt);
                terminal.type("Up", "Up"); // skip the quit
                terminal.await(screen -> screen.endsWith("tftp> blksize 1024"));
            }
        }
    }

    @Test
    void a_load_shows_its_progress_on_one_line_at_any_width_and_then_only_its_table() throws IOException {
        Files.write(folder.resolve("file"), pattern(10_000));
        try (Daemon daemon = Daemon.serving(folder);
                Tmux terminal = Tmux.start(
                        folder,
                        40,
                        TFTP + " load tftp://127.0.0.1:" + daemon.port() + "/file --rate 25 --transfers 200")) {
            terminal.await(screen -> screen.matches("\\d+ of 200, 0 failed  \\d+/s"));
            terminal.resize(80);
            terminal.await(screen -> screen.matches("\\d+ s  \\d+ of 200 complete, 0 failed.*p99 .* ms"));
            terminal.resize(120);
            terminal.await(screen ->
                    screen.matches("\\d+ s  \\d+ of 200 complete, 0 failed, \\d+ running  \\d+/s  .*B/s  p99 .* ms"));
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
    void two_long_gets_have_one_progress_line_at_any_width_and_each_result_is_shown_once() {
        try (FakeServer server = new FakeServer();
                Tmux terminal = Tmux.start(folder, 40, slowGet(server) + " " + server.url("other"))) {
            RawSocketPeer one = getAllButOneByte(server);
            RawSocketPeer two = getAllButOneByte(server);
            terminal.await(screen -> screen.matches("(0 of 2 files  )?99 %  [^\\[]*/s  0:00 left"));
            terminal.resize(80);
            terminal.await(screen -> screen.matches("0 of 2 files  \\[#{19} ]  12/12 MB  99 %  .*/s  0:00 left"));
            terminal.resize(120);
            one.send(Bytes.data(BLOCKS + 1, new byte[1]));
            String between = terminal.await(screen -> screen.contains("\n1 of 2 files  [") && screen.endsWith(" left"));
            assertThat(between).containsOnlyOnce("6000001 bytes in ");
            two.send(Bytes.data(BLOCKS + 1, new byte[1]));
            String end = terminal.await(screen -> screen.contains("exit 0"));
            assertThat(end.lines().filter(line -> line.contains(": 6000001 bytes in ")))
                    .hasSize(2);
            assertThat(end).hasLineCount(3);
        }
    }

    @Test
    void a_dumb_or_unknown_terminal_has_no_progress_line_and_a_shell_without_warnings() {
        try (FakeServer server = new FakeServer();
                Tmux terminal = Tmux.start(
                        folder,
                        "export TERM=dumb; " + slowGet(server) + "; " + TFTP + " 127.0.0.1; TERM=unknown-terminal "
                                + TFTP + " 127.0.0.1")) {
            RawSocketPeer tid = getAllButOneByte(server);
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1)); // the line would appear after 0.4 s
            assertThat(terminal.screen()).isEmpty();
            tid.send(Bytes.data(BLOCKS + 1, new byte[1]));
            String prompt = terminal.await(TerminalIT::endsWithPrompt);
            assertThat(prompt).hasLineCount(2).contains("file: 6000001 bytes in ");
            terminal.type("quit", "Enter");
            terminal.await(screen -> screen.endsWith("tftp> quit\ntftp>"));
            terminal.type("bye", "Enter");
            assertThat(terminal.await(screen -> screen.endsWith("exit 0")))
                    .endsWith("tftp> quit\ntftp> bye\nexit 0")
                    .hasLineCount(4);
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

    @Test
    void a_server_without_an_answer_is_named_after_two_seconds_until_ctrl_c() {
        try (FakeServer silent = new FakeServer();
                Tmux terminal = Tmux.start(folder, "trap : INT; " + TFTP + " get " + silent.url("file"))) {
            String wait = "no answer yet from 127.0.0.1:" + silent.port() + ", request sent ";
            terminal.await(screen -> screen.contains(wait + "2 times") || screen.contains(wait + "3 times"));
            terminal.type("C-c");
            String end = terminal.await(screen -> screen.contains("exit 130"));
            assertThat(end).contains("/file: interrupted").doesNotContain("no answer yet");
        }
    }
}
