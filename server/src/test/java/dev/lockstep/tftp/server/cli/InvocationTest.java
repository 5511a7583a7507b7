package dev.lockstep.tftp.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.server.rules.RuleSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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
    void an_argument_of_a_subcommand_that_begins_with_at_is_no_argument_file() throws IOException {
        List<String> written = List.of("192.0.2.1", "read", fileOfArguments());
        ParseResult parsed = Invocation.commandLine(new TftpdCommand())
                .parseArgs("explain", written.get(0), written.get(1), written.get(2));
        assertThat(parsed.subcommand().matchedPositionals())
                .flatExtracting(argument -> argument.originalStringValues())
                .isEqualTo(written);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--root ROOT explain", "explain --root ROOT", "--root /none explain --root=ROOT"})
    void explain_takes_the_flags_of_the_storage_before_and_after_its_name(String words) throws Exception {
        TftpdCommand command = new TftpdCommand();
        String line = words.replace("ROOT", folder.toString()) + " 192.0.2.1 read f";
        Invocation.commandLine(command).parseArgs(line.split(" "));
        assertThat(command.lookAtRules().storages()).hasToString("[" + folder.toRealPath() + "]");
    }

    @Test
    void a_flag_after_explain_replaces_that_of_the_configuration_file() throws Exception {
        Path file = Files.writeString(folder.resolve("tftpd.toml"), "root = \"/none\"\nwritable = true\n");
        TftpdCommand command = Invocation.parsed(Configuration.of(
                "explain", "--config", file.toString(), "--root", folder.toString(), "192.0.2.1", "write", "f"));
        assertThat(RuleSummary.of(command.lookAtRules()))
                .anyMatch(rule -> rule.contains("files in " + folder + ", uploads of new files"));
    }

    @Test
    void the_help_of_root_has_the_schemes_of_all_providers() {
        assertThat(Invocation.commandLine(new TftpdCommand()).getUsageMessage().replaceAll("\\s+", " "))
                .contains("or a URI: file:, memory:, test-service:;");
    }
}
