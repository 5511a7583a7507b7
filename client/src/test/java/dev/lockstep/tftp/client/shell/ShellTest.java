package dev.lockstep.tftp.client.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.lockstep.tftp.client.shell.ShellSettings.Toggle;
import dev.lockstep.tftp.harness.RawSocketPeer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShellTest {
    private final ShellSettings settings = new ShellSettings(false, false);
    private final ShellTransfers transfers = new ShellTransfers(settings, null, null);
    private final Shell shell = new Shell(settings, transfers);

    @ParameterizedTest
    @ValueSource(strings = {"put /", "mput /", "put \"\""})
    void a_put_without_a_file_name_fails_and_the_shell_continues(String line) {
        shell.execute("connect 192.0.2.1");
        assertThat(shell.execute(line)).as("continues").isTrue();
        assertThat(shell.hasFailed()).isTrue();
    }

    @Test
    void after_an_interrupt_of_the_process_no_transfer_starts() throws IOException {
        try (RawSocketPeer server = new RawSocketPeer()) {
            shell.execute("connect 127.0.0.1 " + server.port());
            transfers.close();
            shell.execute("get file");
            assertThat(shell.hasFailed()).isTrue();
            assertThat(server.countArrived()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"quit", "exit", "bye", "q", "ex"})
    void the_shell_ends(String line) {
        assertThat(shell.execute(line)).isFalse();
        assertThat(shell.hasFailed()).isFalse();
    }

    @Test
    void a_toggle_returns_its_new_state() {
        assertThat(settings.toggle(Toggle.TRACE, null)).isEqualTo("Packet trace on.");
        assertThat(settings.trace()).isTrue();
        assertThat(settings.toggle(Toggle.TRACE, "on")).isEqualTo("Packet trace on.");
        assertThat(settings.toggle(Toggle.TRACE, null)).isEqualTo("Packet trace off.");
        assertThat(settings.trace()).isFalse();
        assertThat(settings.toggle(Toggle.TSIZE, "off")).isEqualTo("Tsize option off.");
        shell.execute("verbose maybe");
        assertThat(settings.verbose()).isFalse();
        assertThat(shell.hasFailed()).isTrue();
    }

    @Test
    void mode_without_an_argument_changes_nothing() {
        shell.execute("mode ascii");
        shell.execute("mode");
        assertThat(shell.hasFailed()).isFalse();
        assertThat(settings.mode()).isEqualTo("netascii");
    }

    @Test
    void a_host_with_a_port_is_rejected_with_the_form_of_connect() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings.connect("192.0.2.2:6969", null))
                .withMessage("host: 192.0.2.2:6969 (expected: 192.0.2.2 6969)");
        assertThatCode(() -> settings.connect("::1", null)).doesNotThrowAnyException();
    }

    @Test
    void an_unknown_host_is_reported_at_once_and_the_server_stays() {
        shell.execute("connect 192.0.2.1");
        shell.execute("connect no-such-host.invalid");
        shell.execute("connect 192.0.2.2:6969");
        assertThat(shell.hasFailed()).isTrue();
        assertThat(settings.remote("file")).hasToString("tftp://192.0.2.1/file");
    }

    @Test
    void lcd_changes_the_directory_of_local_files_and_of_commands(@TempDir Path folder) throws IOException {
        Files.createDirectory(folder.resolve("a b"));
        shell.execute("lcd " + folder);
        shell.execute("lcd 'a b'");
        assertThat(settings.local("file")).isEqualTo(folder.resolve("a b/file"));
        shell.execute("!echo one >file.txt");
        assertThat(folder.resolve("a b/file.txt")).hasContent("one");
        assertThat(ShellWords.filesLike(settings.directory(), "*.txt")).containsExactly("file.txt");
        assertThat(shell.hasFailed()).isFalse();
        shell.execute("!exit 3");
        assertThat(shell.hasFailed()).isTrue();
        shell.execute("lcd nowhere");
        assertThat(settings.directory()).isEqualTo(folder.resolve("a b"));
    }

    @Test
    void mget_with_a_wild_card_sends_no_request() throws IOException {
        try (RawSocketPeer server = new RawSocketPeer()) {
            shell.execute("connect 127.0.0.1 " + server.port());
            shell.execute("mget *.bin");
            assertThat(shell.hasFailed()).isTrue();
            assertThat(server.countArrived()).isZero();
        }
    }

    @Test
    void the_history_is_private(@TempDir Path folder) throws IOException {
        Path state = folder.resolve("state/of/user");
        Path file = ShellTerminal.history(Map.of("XDG_STATE_HOME", state.toString()))
                .orElseThrow();
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(Files.getPosixFilePermissions(state)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        ShellTerminal.history(Map.of("XDG_STATE_HOME", state.toString()));
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(ShellTerminal.history(Map.of("HOME", folder.toString())))
                .contains(folder.resolve(".local/state/tftp_history"));
        assertThat(ShellTerminal.history(Map.of())).isEmpty();
    }

    @Test
    void the_manual_has_all_commands() {
        assertThat(new Shell.Reference().get().keySet().stream().map(usage -> usage.split(" ")[0]))
                .containsExactlyElementsOf(shell.commands());
    }
}
