package dev.lockstep.tftp.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The command lines of {@code tftpd} in the documentation: their flags and commands exist. */
class DocumentedCommandsTest {
    /** A line of a fenced block, up to the end of the command. */
    private static final Pattern COMMAND =
            Pattern.compile("(?m)^[$#] (?:\\S+=\\S+ )*(?:\\S*/)?tftpd((?: [^|;&\\n]*)?)");

    private static final Pattern WORD = Pattern.compile("'([^']*)'|(#.*)|(\\S+)");

    static Stream<String> commands() throws IOException {
        return DocumentedRulesTest.found(COMMAND).stream().map(String::strip);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void a_command_in_the_documentation_can_be_parsed(String command) {
        List<String> words = WORD.matcher(command)
                .results()
                .filter(word -> word.group(2) == null)
                .map((MatchResult word) -> word.group(1) != null ? word.group(1) : word.group(3))
                .toList();
        assertThatCode(() -> Invocation.commandLine(new TftpdCommand()).parseArgs(words.toArray(String[]::new)))
                .doesNotThrowAnyException();
    }

    @Test
    void commands_are_found() throws IOException {
        assertThat(commands())
                .contains("--root /srv/tftp 6969", "check /srv/tftpd.toml")
                .hasSizeGreaterThan(20);
    }
}
