package dev.lockstep.tftp.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Repository;
import dev.lockstep.tftp.harness.Run;
import dev.lockstep.tftp.harness.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that the build writes beside the commands: shell completion and the manual pages. */
class ManPageGeneratorIT {
    private static final Path SCRIPT = Repository.ROOT.resolve("client/target/completion/tftp");

    @ParameterizedTest
    @CsvSource({
        "bash, client/target/completion/tftp",
        "bash, server/target/completion/tftpd",
        "zsh, client/target/completion/tftp",
        "zsh, server/target/completion/tftpd"
    })
    void a_completion_script_is_valid(String shell, String script) {
        Run.Result result =
                Run.run(Tool.named(shell), "-n", Repository.ROOT.resolve(script).toString());
        assertThat(result.exit()).as(result.toString()).isZero();
        assertThat(result.stderr()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"'ge', get", "'get --bl', --blksize", "'sh', shell", "'load --co', --concurrency"})
    void bash_completes_the_beginning_of_a_word(String begun, String completed) {
        String[] words = begun.split(" ");
        String line = "compopt() { :; }; source '" + SCRIPT + "'; COMP_WORDS=(tftp " + begun + "); COMP_CWORD="
                + words.length + "; _complete_tftp; echo \"${COMPREPLY[*]}\"";
        Run.Result result = Run.run(Tool.named("bash"), "-c", line);
        assertThat(result.output().strip()).as(result.toString()).isEqualTo(completed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "client/target/man/man1/tftp.1",
                "client/target/man/man1/tftp-get.1",
                "client/target/man/man1/tftp-put.1",
                "client/target/man/man1/tftp-shell.1",
                "client/target/man/man1/tftp-load.1",
                "server/target/man/man8/tftpd.8"
            })
    void a_manual_page_is_rendered_without_a_warning(String page) {
        List<String> man = List.of(
                Tool.named("man"),
                "--warnings",
                "-l",
                Repository.ROOT.resolve(page).toString());
        try (Run run = Run.start(
                Repository.ROOT, Map.of("LC_ALL", "C.UTF-8", "MANWIDTH", "100", "MAN_KEEP_FORMATTING", ""), man)) {
            Run.Result result = run.await();
            assertThat(result.exit()).as(result.toString()).isZero();
            assertThat(result.stderr()).isEmpty();
            assertThat(result.output()).contains("NAME", "SYNOPSIS", "OPTIONS", "--help");
        }
    }

    @Test
    void the_manual_has_every_option_of_the_help() throws IOException {
        Run.Result help = Run.run(Repository.ROOT.resolve("server/bin/tftpd").toString(), "--help");
        String page = Files.readString(Repository.ROOT.resolve("server/target/man/man8/tftpd.8"))
                .replace("\\-", "-");
        assertThat(help.output()
                        .lines()
                        .map(String::strip)
                        .filter(line -> line.startsWith("--"))
                        .map(line -> line.split("[ =,]")[0]))
                .isNotEmpty()
                .allSatisfy(option -> assertThat(page).contains(option));
    }
}
