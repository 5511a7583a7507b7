package dev.lockstep.tftp.server.cli;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpOptionsTest {
    private static final String SECRET = "0123456789abcdef";

    @TempDir
    private Path folder;

    private Path token;

    @BeforeEach
    void writeToken() throws IOException {
        token = Files.writeString(folder.resolve("token"), SECRET + "\n");
    }

    /** Checks a command line in which {@code TOKEN} is a file with a token. */
    private void check(String arguments) throws Exception {
        TftpdCommand command = new TftpdCommand();
        String all = "--memory " + arguments.replace("TOKEN", token.toString());
        Invocation.commandLine(command).parseArgs(all.split(" "));
        command.check();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--http 9169",
                "--http 0",
                "--http 127.0.0.2:9169",
                "--http [::1]:9169 --http-host boot.example.org --http-host 192.0.2.7",
                "--http 0.0.0.0:9169 --http-token-file TOKEN",
                "--http [::]:9169 --http-token-file TOKEN --metrics-allow 10.0.0.0/8 --metrics-allow 2001:db8::/32",
                "--http 9169 --http-token-file TOKEN"
            })
    void valid_combinations_are_accepted(String arguments) throws Exception {
        check(arguments);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--http 0.0.0.0:9169 | --http: 0.0.0.0:9169 (expected: --http-token-file, or a loopback address)",
                "--http [::]:9169 --metrics-allow ::/0 |"
                        + " --metrics-allow: ::/0 (expected: --http-token-file, without which it is open)",
                "--http 65536 | --http: 65536 (expected: PORT or ADDRESS:PORT, an IPv6 address in brackets)",
                "--http ::1:80 | --http: ::1:80 (expected: PORT or ADDRESS:PORT, an IPv6 address in brackets)",
                "--http a.invalid:1 | --http: a.invalid:1 (expected: PORT or ADDRESS:PORT, an IPv6 address in brackets)",
                "--http-host boot | --http-host: boot (expected: --http)",
                "--http-token-file x | --http-token-file: x (expected: --http)",
                "--metrics-allow ::/0 | --metrics-allow: ::/0 (expected: --http)",
                "--http 1 --http-host a:80 | --http-host: a:80 (expected: a host name or an address, without a port)",
                "--http 1 --http-token-file TOKEN --metrics-allow 10.0.0.1/8 |"
                        + " --metrics-allow: 10.0.0.1/8 (expected: no bits set after the first 8)"
            })
    void combinations_that_would_be_ignored_or_unsafe_are_refused(String arguments, String message) {
        assertThatThrownBy(() -> check(arguments))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "short", "0123456789 abcdef", "0123456789abcdef\n0123456789abcdef", "0123456789abcdeé"})
    void a_token_is_long_enough_and_ascii_and_never_shown(String text) throws Exception {
        Files.writeString(token, text);

        assertThatThrownBy(() -> check("--http 9169 --http-token-file TOKEN"))
                .hasMessage("--http-token-file: " + token
                        + " (expected: one line of at least 16 ASCII characters without spaces)");
    }

    @Test
    void a_token_that_cannot_be_read_is_an_error_of_one_line() {
        token = folder.resolve("none");

        assertThatThrownBy(() -> check("--http 9169 --http-token-file TOKEN"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("--http-token-file: " + token + ": no such file");
    }
}
