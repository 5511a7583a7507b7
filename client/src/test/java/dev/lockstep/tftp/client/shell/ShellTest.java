package dev.lockstep.tftp.client.shell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.internal.capture.TraceForm;
import dev.lockstep.tftp.testing.RawPeer;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShellTest {
    private final ShellSettings settings = new ShellSettings(false, false);
    private final ShellTransfers transfers = new ShellTransfers(settings, TraceForm.BYTES, null);
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
        try (RawPeer server = new RawPeer()) {
            shell.execute("connect 127.0.0.1 " + server.port());
            transfers.close();
            shell.execute("get file");
            assertThat(shell.hasFailed()).isTrue();
            assertThat(server.countArrived()).isZero();
        }
    }

    @Test
    void quit_ends_the_shell() {
        assertThat(shell.execute("quit")).isFalse();
        assertThat(shell.hasFailed()).isFalse();
    }
}
