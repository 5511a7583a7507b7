package dev.lockstep.tftp.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tftp.server.rules.ConfigException;
import dev.lockstep.tftp.server.rules.RuleSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.MutuallyExclusiveArgsException;
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
    void all_mistakes_of_a_file_are_reported_with_their_lines() throws IOException {
        Path file = Files.writeString(folder.resolve("tftpd.toml"), """
                windowsize-limt = 3
                blksize-limit = 5
                max-transfers = 0
                windowsize-limit = "x"
                memory = true
                root = "/nothing"
                give-up = -1
                listen = "nowhere"
                port-range = "9-1"
                log-rate = -1
                overwrite = true
                [[rule]]
                mtu = 5
                """);
        assertThatThrownBy(() -> Configuration.of("--config", file.toString(), "--log-rate", "5"))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        wrong -> assertThat(wrong.problems())
                                .satisfiesExactly(
                                        line -> assertThat(line)
                                                .isEqualTo("tftpd.toml line 1: windowsize-limt: unknown key"
                                                        + " (did you mean windowsize-limit?)"),
                                        line -> assertThat(line)
                                                .isEqualTo(
                                                        "tftpd.toml line 2: blksize-limit: 5 (expected: 8 to 65464)"),
                                        line -> assertThat(line)
                                                .isEqualTo("tftpd.toml line 3: max-transfers: 0 (expected: >= 1)"),
                                        line -> assertThat(line)
                                                .startsWith("tftpd.toml line 4: windowsize-limit: ")
                                                .endsWith(" (expected: a whole number)"),
                                        line -> assertThat(line)
                                                .startsWith("tftpd.toml line 6: ")
                                                .contains("--memory", "--root"),
                                        line -> assertThat(line).startsWith("tftpd.toml line 7: give-up: "),
                                        line -> assertThat(line)
                                                .startsWith("tftpd.toml line 8: listen: nowhere (expected: "),
                                        line -> assertThat(line)
                                                .startsWith("tftpd.toml line 9: port-range: 9-1 (expected: "),
                                        line -> assertThat(line)
                                                .isEqualTo(
                                                        "tftpd.toml line 11: overwrite: without --writable (expected: both)"),
                                        line -> assertThat(line)
                                                .isEqualTo("tftpd.toml line 13: mtu: 5 (expected: 68 to 65535)")));
    }

    @Test
    void a_flag_of_the_command_line_replaces_those_that_it_excludes() throws IOException, ConfigException {
        Path file = Files.writeString(folder.resolve("tftpd.toml"), "root = \"/nothing\"\n");
        assertThat(Configuration.of("--config", file.toString(), "--memory").arguments())
                .containsExactly("--config", file.toString(), "--memory");
    }

    @Test
    void memory_and_root_exclude_each_other() {
        assertThatThrownBy(() -> Invocation.commandLine(new TftpdCommand()).parseArgs("--memory", "--root", "/srv"))
                .isInstanceOf(MutuallyExclusiveArgsException.class);
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

    @ParameterizedTest
    @ValueSource(strings = {"--root ROOT explain", "explain --root ROOT", "--root / explain --root=ROOT"})
    void explain_takes_the_flags_of_the_storage_before_and_after_its_name(String words) throws Exception {
        TftpdCommand command = new TftpdCommand();
        String line = words.replace("ROOT", folder.toString()) + " 192.0.2.1 read f";
        Invocation.commandLine(command).parseArgs(line.split(" "));
        assertThat(command.lookAtRules().storages()).hasToString("[" + folder.toRealPath() + "]");
    }

    @Test
    void a_flag_after_explain_replaces_that_of_the_configuration_file() throws Exception {
        Path file = Files.writeString(folder.resolve("tftpd.toml"), "root = \"/\"\nwritable = true\n");
        TftpdCommand command = Invocation.parsed(Configuration.of(
                "explain", "--config", file.toString(), "--root", folder.toString(), "192.0.2.1", "write", "f"));
        assertThat(RuleSummary.of(command.lookAtRules()))
                .last()
                .asString()
                .contains("files in " + folder.toRealPath() + ", uploads of new files");
    }

    @Test
    void the_help_of_root_has_the_schemes_of_all_providers() {
        assertThat(Invocation.commandLine(new TftpdCommand()).getUsageMessage().replaceAll("\\s+", " "))
                .contains("or a URI: " + String.join(", ", new StorageOptions.Schemes()) + " (");
        assertThat(new StorageOptions.Schemes()).contains("file:", "http:", "https:", "s3:", "test-service:", "zip:");
    }
}
