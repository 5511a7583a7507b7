package dev.lockstep.tftp.client.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "get f --blocksize 9 | unknown option: --blocksize (did you mean --blksize? see tftp get --help)",
                "put f --timeuot=9 | unknown option: --timeuot (did you mean --timeout? see tftp put --help)",
                "load tftp://h/f --colour | unknown option: --colour (see tftp load --help)",
                "get f --blksize 1k | --blksize: 1k (expected: a whole number) (see tftp get --help)",
                "get f --blksize | --blksize: no value (expected: --blksize N) (see tftp get --help)",
                "get f --blksize 9 --blksize 9 | --blksize: given more than once (see tftp get --help)",
                "get f --give-up 0 | --give-up: 0 (expected: seconds, > 0) (see tftp get --help)",
                "get f --give-up -0.5 | --give-up: -0.5 (expected: seconds, > 0) (see tftp get --help)",
                "get f --mode octe | --mode: octe (expected: octet or netascii) (did you mean octet? see tftp get --help)",
                "get | missing: REMOTE (see tftp get --help)",
                "hello h 87 1 | unexpected argument: 1 (see tftp hello --help)",
                "gte f | unknown command: gte (did you mean get? see tftp --help)",
                "get http://h/f | http://h/f: not a URI of TFTP (expected: tftp://h/f) (see tftp get --help)",
                "get f --output= | -o: empty (expected: FILE, DIR or -) (see tftp get --help)",
                "get f -4 -6 | -4, -6: given together (expected: one of them) (see tftp get --help)",
                "put tftp://h/ f | tftp://h/: not a local file (expected: FILE... URI, the URI last)"
                        + " (see tftp put --help)",
                "put - tftp://h/ | -: standard input has no name (expected: put - tftp://HOST[:PORT]/PATH)"
                        + " (see tftp put --help)",
            })
    void wrong_usage_exits_with_2_and_prints_what_was_meant(String arguments, String message) {
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        PrintStream standardError = System.err;
        System.setErr(new PrintStream(errors, true, UTF_8));
        try {
            assertThat(TftpCommand.execute(arguments.split(" "))).isEqualTo(2);
        } finally {
            System.setErr(standardError);
        }
        assertThat(errors.toString(UTF_8)).isEqualTo("tftp: " + message + System.lineSeparator());
    }

    @Test
    void a_hash_of_several_files_is_wrong_usage() {
        assertThat(TftpCommand.execute("get", "tftp://h/a", "tftp://h/b", "--sha256", "0".repeat(64)))
                .isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"get", "put", "hello"})
    void each_help_names_the_default_host(String command) {
        assertThat(TftpCommand.commandLine(TftpCommand.commandOf(command)).getUsageMessage())
                .contains("127.0.0.1");
    }
}
