package dev.lockstep.tftp.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.ParseResult;

class TftpCommandTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"get", "put", "load", "shell", "hello"})
    void an_argument_that_begins_with_at_is_not_a_file_of_arguments(String command) throws IOException {
        String name = "@" + Files.writeString(folder.resolve("arguments"), "--version");
        ParseResult parsed =
                TftpCommand.commandLine(TftpCommand.commandOf(command)).parseArgs("--", name);
        assertThat(parsed.isVersionHelpRequested()).isFalse();
        assertThat(parsed.matchedPositionals())
                .flatExtracting(argument -> argument.originalStringValues())
                .isEqualTo(List.of(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"get", "put", "shell"})
    void only_an_attached_value_is_the_form_of_the_trace(String command) {
        ParseResult plain =
                TftpCommand.commandLine(TftpCommand.commandOf(command)).parseArgs("--trace", "decoded", "127.0.0.1");
        assertThat(plain.<String>matchedOptionValue("--trace", null)).isEqualTo("BYTES");
        assertThat(plain.matchedPositionals())
                .flatExtracting(argument -> argument.originalStringValues())
                .isEqualTo(List.of("decoded", "127.0.0.1"));
        ParseResult last =
                TftpCommand.commandLine(TftpCommand.commandOf(command)).parseArgs("f", "--trace");
        assertThat(last.<String>matchedOptionValue("--trace", null)).isEqualTo("BYTES");
        ParseResult form =
                TftpCommand.commandLine(TftpCommand.commandOf(command)).parseArgs("--trace=decoded", "f");
        assertThat(form.<String>matchedOptionValue("--trace", null)).isEqualTo("decoded");
    }
}
