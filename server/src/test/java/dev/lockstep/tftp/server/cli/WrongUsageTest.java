package dev.lockstep.tftp.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WrongUsageTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "--writeable ! unknown option: --writeable (did you mean --writable? see tftpd --help)",
                "check f --colour ! unknown option: --colour (see tftpd check --help)",
                "--max-transfers many ! --max-transfers: many (expected: a whole number) (see tftpd --help)",
                "--max-size big ! --max-size: big (expected: a size such as 4096, 64K or 512M) (see tftpd --help)",
                "--root ! --root: no value (expected: --root DIR|URI) (see tftpd --help)",
                "--address-validation stric ! --address-validation: stric (expected: strict, normal or off)"
                        + " (did you mean strict? see tftpd --help)",
                "--root a --memory ! --root, --memory: given together (expected: one of them) (see tftpd --help)",
                "--max-size 1 --max-size 2 ! --max-size: given more than once (see tftpd --help)",
                "--memory /srv ! port: /srv (expected: 0 to 65535; --root /srv serves a directory) (see tftpd --help)",
                "--memory h:69 ! port: h:69 (expected: h 69) (see tftpd --help)",
                "chek f ! unknown command: chek (expected: check) (see tftpd --help)",
                "check / ! /: is a directory",
                "--memory --port-range 9-1 ! --port-range: 9-1 (expected: FIRST-LAST, 1 to 65535) (see tftpd --help)",
                "--memory --give-up 0 ! --give-up: 0 (expected: seconds, > 0) (see tftpd --help)",
            })
    void a_misspelt_flag_or_value_gets_a_suggestion_and_the_page_of_help(String arguments, String message) {
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        PrintStream standardError = System.err;
        System.setErr(new PrintStream(errors, true, UTF_8));
        try {
            assertThat(Invocation.run(arguments.split(" "))).isEqualTo(2);
        } finally {
            System.setErr(standardError);
        }
        assertThat(errors.toString(UTF_8)).isEqualTo("tftpd: " + message + System.lineSeparator());
    }
}
