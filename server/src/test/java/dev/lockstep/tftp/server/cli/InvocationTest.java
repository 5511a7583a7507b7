package dev.lockstep.tftp.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.server.rules.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.ParseResult;

class InvocationTest {
    @TempDir
    private Path folder;

    private String fileOfArguments() throws IOException {
        return "@" + Files.writeString(folder.resolve("arguments"), "--writable");
    }

    @Test
    void an_argument_of_the_daemon_that_begins_with_at_is_no_argument_file() throws IOException {
        ParseResult parsed = Invocation.commandLine(new TftpdCommand()).parseArgs("--root", fileOfArguments());
        assertThat(parsed.hasMatchedOption("--writable")).isFalse();
        assertThat(parsed.matchedOption("--root").originalStringValues()).containsExactly(fileOfArguments());
    }

    @Test
    void only_an_attached_value_is_the_form_of_the_trace() {
        ParseResult plain = Invocation.commandLine(new TftpdCommand()).parseArgs("--trace", "6969");
        assertThat(plain.<String>matchedOptionValue("--trace", null)).isEqualTo("BYTES");
        assertThat(plain.matchedPositional(0).originalStringValues()).containsExactly("6969");
        ParseResult form = Invocation.commandLine(new TftpdCommand()).parseArgs("--trace=decoded", "6969");
        assertThat(form.<String>matchedOptionValue("--trace", null)).isEqualTo("decoded");
    }

    @Test
    void a_key_of_a_flag_without_value_is_true_or_false() throws IOException, ConfigException {
        Path file =
                Files.writeString(folder.resolve("tftpd.toml"), "trace = true\nwritable = true\noverwrite = false\n");
        assertThat(Configuration.of("--config", file.toString()).arguments())
                .containsExactlyInAnyOrder("--trace", "--writable", "--config", file.toString());
        Files.writeString(file, "trace = \"decoded\"\n");
        assertThat(Configuration.of("--config", file.toString()).arguments())
                .containsExactly("--trace=decoded", "--config", file.toString());
    }

    @Test
    void an_argument_of_a_subcommand_that_begins_with_at_is_no_argument_file() throws IOException {
        List<String> written = List.of("192.0.2.1", "read", fileOfArguments());
        ParseResult parsed = Invocation.commandLine(new TftpdCommand())
                .parseArgs("explain", written.get(0), written.get(1), written.get(2));
        assertThat(parsed.subcommand().matchedPositionals())
                .flatExtracting(argument -> argument.originalStringValues())
                .isEqualTo(written);
    }
}
