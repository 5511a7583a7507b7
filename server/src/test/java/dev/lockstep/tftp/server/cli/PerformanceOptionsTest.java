package dev.lockstep.tftp.server.cli;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tftp.internal.text.ByteSize;
import dev.lockstep.tftp.server.TftpServer;
import dev.lockstep.tftp.server.TftpServerBuilder;
import dev.lockstep.tftp.server.storage.MemoryStorage;
import dev.lockstep.tftp.server.storage.WriteRules;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class PerformanceOptionsTest {
    @ParameterizedTest
    @CsvSource({
        "--busy-poll,-1,--busy-poll: -1 (expected: 0 to 1000000 microseconds)",
        "--busy-poll,1000001,--busy-poll: 1000001 (expected: 0 to 1000000 microseconds)",
        "--event-loops,0,event loops: 0 (expected: >= 1)",
    })
    void a_value_out_of_range_is_rejected_with_the_expected_range(String flag, String value, String message) {
        assertThatThrownBy(() -> start(flag, value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void a_server_with_all_of_the_options_starts() {
        assertThatCode(() -> start("--busy-poll", "50", "--event-loops", "1", "--buffer-memory", "1M"))
                .doesNotThrowAnyException();
    }

    private static void start(String... flags) throws IOException {
        PerformanceOptions options = new PerformanceOptions();
        CommandLine command = new CommandLine(CommandLine.Model.CommandSpec.create()
                .addMixin("performance", CommandLine.Model.CommandSpec.forAnnotatedObject(options)));
        command.registerConverter(ByteSize.class, Invocation::byteSize);
        command.parseArgs(flags);
        TftpServerBuilder builder = TftpServer.builder()
                .storage(new MemoryStorage(1, WriteRules.READ_ONLY))
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        options.applyTo(builder);
        builder.start().close();
    }
}
