package dev.lockstep.tftp.client.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.internal.cli.HelpLayout;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.OptionSpec;

/** The help texts of the client and of each of its commands. */
class ClientHelpTest {
    private static final Pattern DEFAULT = Pattern.compile("default:? ([\\d.]+|octet)[,);]");

    static Stream<CommandLine> commands() {
        return withSubcommands(TftpCommand.commandLine(new TftpCommand()));
    }

    private static Stream<CommandLine> withSubcommands(CommandLine command) {
        return Stream.concat(
                Stream.of(command),
                command.getSubcommands().values().stream().distinct().flatMap(ClientHelpTest::withSubcommands));
    }

    private static Stream<OptionSpec> options(CommandLine command) {
        return command.getCommandSpec().options().stream().filter(option -> !option.hidden());
    }

    @ParameterizedTest
    @MethodSource("commands")
    void every_option_but_the_standard_ones_has_a_group(CommandLine command) {
        String help = command.getUsageMessage(Ansi.OFF);
        String others = help.substring(Math.max(help.indexOf("\nOther options:"), help.indexOf("\nOptions:")));
        assertThat(Pattern.compile("(?m)^  .*?(--[a-z-]+)")
                        .matcher(others.substring(0, others.indexOf("Exit status:")))
                        .results()
                        .map(option -> option.group(1))
                        .filter(name -> !name.equals("--probe-port"))) // of the summary of hello
                .containsExactly("--help", "--version");
        assertThat(options(command)).allSatisfy(option -> assertThat(help).contains(option.longestName()));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void every_option_is_described_by_one_sentence(CommandLine command) {
        assertThat(options(command))
                .allSatisfy(option -> assertThat(String.join(" ", option.description()))
                        .as(option.longestName())
                        .endsWith(".")
                        .doesNotContain(". "));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void a_default_in_a_description_is_that_of_the_model(CommandLine command) {
        options(command).filter(option -> option.initialValue() != null).forEach(option -> {
            Matcher number = DEFAULT.matcher(String.join(" ", option.description()));
            if (number.find()) {
                assertThat(option.initialValue().toString().replaceFirst("\\.0$", ""))
                        .as(option.longestName())
                        .isEqualTo(number.group(1));
            }
        });
    }

    @ParameterizedTest
    @MethodSource("commands")
    void the_help_has_exit_statuses_and_examples_that_can_be_parsed(CommandLine command) {
        String help = command.getUsageMessage(Ansi.OFF);
        assertThat(help)
                .containsSubsequence("Usage: tftp", "--help", "Exit status:", "  0  ", "  2  ", "Examples:")
                .doesNotContain("${", "%n", "%%");
        String examples = help.substring(help.indexOf("Examples:\n") + "Examples:\n".length());
        assertThat(examples.replaceAll("\\\\\n *", "").lines()).isNotEmpty().allSatisfy(example -> {
            String[] words = example.replaceFirst(".* \\| ", "").strip().split(" +");
            assertThat(words[0]).isEqualTo("tftp");
            String[] all = ClassicArguments.converted(Arrays.copyOfRange(words, 1, words.length));
            assertThat(TftpCommand.isCommand(all[0])).isTrue();
            assertThat(TftpCommand.commandLine(TftpCommand.commandOf(all[0]))
                            .parseArgs(Arrays.copyOfRange(all, 1, all.length))
                            .unmatched())
                    .isEmpty();
        });
    }

    @ParameterizedTest
    @MethodSource("commands")
    void the_help_fits_terminals_of_40_and_80_columns(CommandLine command) {
        for (int columns : List.of(40, 80)) {
            CommandLine same = commands()
                    .filter(fresh -> fresh.getCommandName().equals(command.getCommandName()))
                    .findFirst()
                    .orElseThrow();
            same.setHelpFactory(CommandLine.Help::new); // keeps the layout of the model
            HelpLayout.of(same.getCommandSpec()).columns(columns);
            assertThat(same.getUsageMessage(Ansi.OFF).lines())
                    .hasSizeGreaterThan(10)
                    .allMatch(line -> line.length() < columns);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"get", "put", "shell", "load", "conform", "hello"})
    void the_help_of_a_command_that_is_parsed_alone_is_the_same(String name) {
        assertThat(TftpCommand.commandLine(TftpCommand.commandOf(name)).getUsageMessage(Ansi.OFF))
                .isEqualTo(TftpCommand.commandLine(new TftpCommand())
                        .getSubcommands()
                        .get(name)
                        .getUsageMessage(Ansi.OFF));
    }

    @ParameterizedTest
    @CsvSource({
        "get, -q -v -b 1024 -m netascii -o x tftp://h/f",
        "put, -q -v -b 1024 -m netascii f tftp://h/",
        "load, -q -n 10 -c 2 -d 5 -b 1024 tftp://h/f",
        "shell, -v -m octet h"
    })
    void usual_short_flags_are_accepted(String name, String arguments) {
        assertThat(TftpCommand.commandLine(TftpCommand.commandOf(name))
                        .parseArgs(arguments.split(" "))
                        .unmatched())
                .isEmpty();
    }

    @Test
    void without_arguments_a_short_guide_is_printed() {
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        PrintStream standardError = System.err;
        System.setErr(new PrintStream(errors, true, UTF_8));
        try {
            assertThat(TftpCommand.execute()).isEqualTo(2);
        } finally {
            System.setErr(standardError);
        }
        assertThat(errors.toString(UTF_8))
                .contains("tftp get tftp://HOST/FILE", "tftp --help")
                .satisfies(
                        guide -> assertThat(guide.lines()).hasSizeLessThan(12).allMatch(line -> line.length() < 40));
    }
}
