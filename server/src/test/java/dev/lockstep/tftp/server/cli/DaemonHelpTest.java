package dev.lockstep.tftp.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.internal.cli.HelpLayout;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;

/** The help texts of the daemon and of its subcommands. */
class DaemonHelpTest {
    private final CommandLine tftpd = Invocation.commandLine(new TftpdCommand());

    @Test
    void every_option_but_the_standard_ones_has_a_group() {
        String help = tftpd.getUsageMessage(Ansi.OFF);
        assertThat(help)
                .containsSubsequence(
                        "Files:",
                        "Uploads:",
                        "Network:",
                        "Limits:",
                        "Security:",
                        "HTTP port:",
                        "Logging:",
                        "Tuning:",
                        "Other options:",
                        "--help",
                        "--version",
                        "Commands:",
                        "Exit status:",
                        "Examples:");
        String others = help.substring(help.indexOf("Other options:"), help.indexOf("Commands:"));
        assertThat(Pattern.compile("--[a-z-]+").matcher(others).results().map(option -> option.group()))
                .containsExactly("--help", "--version");
        tftpd.getCommandSpec().options().stream()
                .filter(option -> !option.hidden())
                .forEach(option -> assertThat(help).contains(option.longestName()));
    }

    @Test
    void every_option_is_described_by_one_sentence() {
        for (CommandSpec command : List.of(
                tftpd.getCommandSpec(),
                tftpd.getSubcommands().get("check").getCommandSpec(),
                tftpd.getSubcommands().get("explain").getCommandSpec())) {
            assertThat(command.options())
                    .filteredOn(option -> !option.hidden())
                    .allSatisfy(option -> assertThat(String.join(" ", option.description()))
                            .as(option.longestName())
                            .endsWith(".")
                            .doesNotContain(". "));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 80})
    void the_help_of_each_command_fits_a_terminal(int columns) {
        for (CommandSpec command : List.of(
                tftpd.getCommandSpec(),
                tftpd.getSubcommands().get("check").getCommandSpec(),
                tftpd.getSubcommands().get("explain").getCommandSpec())) {
            HelpLayout.of(command).columns(columns);
            assertThat(command.commandLine().getUsageMessage(Ansi.OFF).lines())
                    .hasSizeGreaterThan(10)
                    .allMatch(line -> line.length() < columns);
        }
    }

    @Test
    void a_default_in_a_description_is_that_of_the_model() {
        Pattern number = Pattern.compile("default ([\\d.]+)[,);]");
        tftpd.getCommandSpec().options().stream()
                .filter(option -> option.initialValue() != null)
                .forEach(option -> number.matcher(String.join(" ", option.description()))
                        .results()
                        .forEach(found -> assertThat(
                                        option.initialValue().toString().replaceFirst("\\.0$", ""))
                                .as(option.longestName())
                                .isEqualTo(found.group(1))));
    }

    @Test
    void defaults_are_those_of_the_model() {
        assertThat(tftpd.getUsageMessage(Ansi.OFF).replaceAll("\\s+", " "))
                .contains(
                        "Limit of concurrent transfers (default 10000).",
                        "in bytes (default 96K).",
                        "or off (default normal).")
                .doesNotContain("${");
    }

    @Test
    void a_subcommand_has_its_options_exit_statuses_and_an_example() {
        assertThat(tftpd.getSubcommands().get("explain").getUsageMessage(Ansi.OFF))
                .containsSubsequence(
                        "CLIENT_IP",
                        "Files:",
                        "--config=FILE",
                        "--root",
                        "Uploads:",
                        "--writable",
                        "Exit status:",
                        "Examples:");
    }
}
