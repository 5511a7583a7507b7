package dev.lockstep.tftp.client.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClassicArgumentsTest {
    private static String converted(String line) {
        return String.join(" ", ClassicArguments.converted(line.split(" ")));
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, shell 192.0.2.1",
        "boot.example 6969, shell boot.example 6969",
        "boot 69, shell boot 69",
        "localhost, shell localhost",
        "::1, shell ::1",
        "192.0.2.1 -m binary -c get file, shell 192.0.2.1 -m binary -c get file",
        "-v -m ascii 192.0.2.1 -c get file, shell -v -m ascii 192.0.2.1 -c get file",
        "boot -c get file, shell boot -c get file"
    })
    void a_host_opens_the_shell(String given, String expected) {
        assertThat(converted(given)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "-g -r file 192.0.2.1, get file 192.0.2.1",
        "-g -r file -l copy 192.0.2.1 6969, get -o copy file 192.0.2.1 6969",
        "--get --remote-file file --local-file copy 192.0.2.1, get -o copy file 192.0.2.1",
        "-l copy -r file -g 192.0.2.1, get -o copy file 192.0.2.1",
        "-g -b 1024 -r file 192.0.2.1, get --blksize 1024 file 192.0.2.1",
        "-p -l file 192.0.2.1 6969, put file 192.0.2.1 6969",
        "-p -l file -r copy/x 192.0.2.1 6969, put file tftp://192.0.2.1:6969/copy/x",
        "-p -r file 192.0.2.1, put file 192.0.2.1",
        "--put --trace -l file -r x 2001:db8::1, put --trace file tftp://[2001:db8::1]/x",
        "-p -l file -r copy, put file tftp://127.0.0.1/copy"
    })
    void get_and_put_of_atftp_and_busybox_are_converted(String given, String expected) {
        assertThat(converted(given)).isEqualTo(expected);
    }

    @Test
    void an_option_of_atftp_is_a_flag() {
        assertThat(ClassicArguments.converted("--option", "blksize 1024", "-g", "-r", "file", "192.0.2.1"))
                .containsExactly("get", "--blksize=1024", "file", "192.0.2.1");
    }

    @ParameterizedTest
    @CsvSource({
        "get file 192.0.2.1",
        "-r file 192.0.2.1",
        "-w file 192.0.2.1",
        "--help",
        "no-such-command-.. file",
        "put -p file"
    })
    void other_arguments_are_unchanged(String given) {
        assertThat(converted(given)).isEqualTo(given);
    }

    @ParameterizedTest
    @CsvSource({"help, --help", "help get, get --help", "help nothing, nothing --help"})
    void help_is_that_of_the_command(String given, String expected) {
        assertThat(converted(given)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "192.0.2.1 69 get file | 192.0.2.1 69 get file (expected: 192.0.2.1 69 -c get file)",
                "-g file 192.0.2.1 | -g: no file (expected: -g -r REMOTE HOST [PORT])",
                "-p file 192.0.2.1 | -p: no file (expected: -p -l LOCAL HOST [PORT])",
                "tftp://h/f | tftp://h/f: no command (expected: tftp get tftp://h/f, or put FILE and the URI)",
            })
    void a_missing_command_is_named(String given, String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> converted(given)).withMessage(message);
    }

    @Test
    void no_arguments_are_unchanged() {
        assertThat(ClassicArguments.converted()).isEmpty();
    }
}
