package dev.lockstep.tftp.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Repository;
import dev.lockstep.tftp.harness.Run;
import dev.lockstep.tftp.harness.Tmux;
import dev.lockstep.tftp.harness.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that the build writes beside the commands: shell completion and the manual pages. */
class ManPageGeneratorIT {
    private static final Path COMPLETION = Repository.ROOT.resolve("client/target/completion");
    private static final Path DAEMON_COMPLETION = Repository.ROOT.resolve("server/target/completion");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "bash, client/target/completion/tftp",
        "bash, server/target/completion/tftpd",
        "zsh, client/target/completion/_tftp",
        "zsh, server/target/completion/_tftpd",
        "fish, client/target/completion/tftp.fish",
        "fish, server/target/completion/tftpd.fish"
    })
    void a_completion_script_is_valid(String shell, String script) {
        Run.Result result =
                Run.run(Tool.named(shell), "-n", Repository.ROOT.resolve(script).toString());
        assertThat(result.exit()).as(result.toString()).isZero();
        assertThat(result.stderr()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "tftp, ge, get",
        "tftp, get --bl, --blksize",
        "tftp, sh, shell",
        "tftp, load --conc, --concurrency",
        "tftp, get --mode net, netascii",
        "tftp, get --mode = net, netascii",
        "tftp, load --profile ub, uboot",
        "tftp, load mer, merge",
        "tftp, load merge up, upload.bin",
        "tftp, load merge --tit, --title",
        "tftp, put up, upload.bin",
        "tftp, get up, ''",
        "tftp, get -o up, upload.bin",
        "tftp, get --blksize up, ''",
        "tftpd, explain 192.0.2.1 wr, write",
        "tftpd, check up, upload.bin",
        "tftpd, --root up, upload.bin",
        "tftpd, --address-validation str, strict"
    })
    void bash_completes_the_beginning_of_a_word(String command, String begun, String completed) throws IOException {
        Files.createFile(folder.resolve("upload.bin"));
        Path script = (command.equals("tftp") ? COMPLETION : DAEMON_COMPLETION).resolve(command);
        String line = "source '" + script + "'; COMP_WORDS=(" + command + " " + begun + "); COMP_CWORD="
                + begun.split(" ").length + "; _" + command + "; echo \"${COMPREPLY[*]}\"";
        assertThat(output(Tool.named("bash"), "-c", line).strip()).isEqualTo(completed);
    }

    @ParameterizedTest
    @CsvSource({
        "tftp, ge, get",
        "tftp, get --bl, --blksize",
        "tftp, get --mode net, netascii",
        "tftp, load --profile ub, uboot",
        "tftp, load mer, merge",
        "tftp, load merge up, upload.bin",
        "tftp, load merge --tit, --title",
        "tftp, put up, upload.bin",
        "tftp, get -o up, upload.bin",
        "tftpd, explain 192.0.2.1 wr, write",
        "tftpd, check up, upload.bin",
        "tftpd, --address-validation str, strict"
    })
    void fish_completes_the_beginning_of_a_word(String command, String begun, String completed) throws IOException {
        Files.createFile(folder.resolve("upload.bin"));
        Path script = (command.equals("tftp") ? COMPLETION : DAEMON_COMPLETION).resolve(command + ".fish");
        String line = "source " + script + "; complete -C '" + command + " " + begun + "'";
        assertThat(output(Tool.named("fish"), "--no-config", "-c", line).lines().map(word -> word.split("\t")[0]))
                .containsExactly(completed);
    }

    @Test
    void zsh_completes_commands_options_values_and_files_on_a_terminal() throws IOException {
        Tool.needed("zsh");
        Files.createFile(folder.resolve("upload.bin"));
        String start = "cd " + folder + " && fpath=(" + COMPLETION + " " + DAEMON_COMPLETION
                + " $fpath) && autoload -Uz compinit && compinit -u -D && PS1='> ' && clear";
        try (Tmux terminal = Tmux.start(folder, "zsh -f")) {
            terminal.type(start, "Enter");
            terminal.await(screen -> screen.equals(">"));
            for (List<String> words : List.of(
                    List.of("tftp ge", "tftp get"),
                    List.of("tftp get --bl", "tftp get --blksize="),
                    List.of("tftp get --mode net", "tftp get --mode netascii"),
                    List.of("tftp load --profile ub", "tftp load --profile uboot"),
                    List.of("tftp load mer", "tftp load merge"),
                    List.of("tftp load merge --tit", "tftp load merge --title="),
                    List.of("tftp load merge up", "tftp load merge upload.bin"),
                    List.of("tftp put up", "tftp put upload.bin"),
                    List.of("tftp get -o up", "tftp get -o upload.bin"),
                    List.of("tftpd explain 192.0.2.1 wr", "tftpd explain 192.0.2.1 write"),
                    List.of("tftpd --root up", "tftpd --root upload.bin"))) {
                terminal.type(words.get(0), "Tab");
                terminal.await(screen -> screen.equals("> " + words.get(1)));
                terminal.type("C-u");
                terminal.await(screen -> screen.equals(">"));
            }
        }
    }

    private String output(String... command) {
        try (Run run = Run.start(folder, Map.of("HOME", folder.toString()), List.of(command))) {
            Run.Result result = run.await();
            assertThat(result.stderr()).isEmpty();
            return result.output();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "client/target/man/man1/tftp.1",
                "client/target/man/man1/tftp-get.1",
                "client/target/man/man1/tftp-put.1",
                "client/target/man/man1/tftp-shell.1",
                "client/target/man/man1/tftp-load.1",
                "client/target/man/man1/tftp-load-merge.1",
                "server/target/man/man8/tftpd.8",
                "server/target/man/man8/tftpd-check.8",
                "server/target/man/man8/tftpd-explain.8",
                "server/target/man/man5/tftpd.toml.5"
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
            assertThat(result.output())
                    .contains("NAME", "SYNOPSIS", "EXAMPLES")
                    .doesNotContain("COMMAND [OPTIONS] COMMAND");
            if (!page.endsWith(".5")) {
                assertThat(result.output()).contains("OPTIONS", "--help", "EXIT STATUS");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"server/bin/tftpd --help, 40", "client/bin/tftp get --help, 80"})
    void help_fits_a_terminal_and_has_no_colors_in_a_pipe(String command, int columns) {
        String help = help(Map.of("COLUMNS", "" + columns), List.of("sh", "-c", Repository.ROOT + "/" + command));
        assertThat(help.lines()).isNotEmpty().allMatch(line -> line.length() < columns);
        assertThat(help).doesNotContain("\u001b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"server/bin/tftpd --help", "client/bin/tftp get --help"})
    void help_has_colors_on_a_terminal_unless_no_color_is_set(String command) {
        List<String> onTerminal = List.of(Tool.named("script"), "-qec", Repository.ROOT + "/" + command, "/dev/null");
        assertThat(help(Map.of("TERM", "xterm"), onTerminal)).contains("\u001b[");
        assertThat(help(Map.of("TERM", "xterm", "NO_COLOR", "1"), onTerminal)).doesNotContain("\u001b[");
    }

    private String help(Map<String, String> environment, List<String> command) {
        try (Run run = Run.start(folder, environment, command)) {
            Run.Result result = run.await().assertExit(0);
            assertThat(result.output()).contains("Exit status:");
            return result.output();
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

    @Test
    void the_manual_of_the_shell_has_every_command_of_its_help() throws IOException {
        Path lines = Files.writeString(folder.resolve("lines"), "help\n");
        String help = output("sh", "-c", Repository.ROOT.resolve("client/bin/tftp") + " shell <" + lines);
        String page = Files.readString(Repository.ROOT.resolve("client/target/man/man1/tftp-shell.1"));
        assertThat(help.lines().map(line -> line.split(": ")[0]))
                .isNotEmpty()
                .allSatisfy(usage -> assertThat(page).contains(usage));
    }

    @Test
    void the_manual_of_the_configuration_has_the_keys_that_a_check_suggests() throws IOException {
        String page = Files.readString(Repository.ROOT.resolve("server/target/man/man5/tftpd.toml.5"))
                .replace("\\-", "-");
        assertThat(page)
                .contains("max-transfers = N", "single-port = true|false", "listen = [\"ADDRESS:PORT\", ...]")
                .contains("rate-per-client = SIZE", "operation = \"read|write\"", "rollover-1, edk2")
                .doesNotContain("unanswered", "config = ", "user = ");
        String example = page.substring(page.indexOf("root = \"/srv/tftp\"", page.indexOf(".SH EXAMPLES")));
        Path file = Files.writeString(
                folder.resolve("example.toml"),
                example.substring(0, example.indexOf(".RE")).replace("/srv/tftp", folder.toString()));
        Run.Result check = Run.run(Repository.ROOT.resolve("server/bin/tftpd").toString(), "check", file.toString());
        assertThat(check.exit()).as(check.toString()).isZero();
    }
}
