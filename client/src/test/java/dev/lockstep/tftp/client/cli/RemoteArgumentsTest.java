package dev.lockstep.tftp.client.cli;

import static dev.lockstep.tftp.codec.TransferMode.NETASCII;
import static dev.lockstep.tftp.codec.TransferMode.OCTET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.lockstep.tftp.client.RemoteFile;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RemoteArgumentsTest {
    @Test
    void each_uri_is_a_file() {
        assertThat(RemoteArguments.toGet(List.of("tftp://h/a", "tftp://i:70/b;mode=netascii"), OCTET))
                .containsExactly(new RemoteFile("h", 69, "a", OCTET), new RemoteFile("i", 70, "b", NETASCII));
    }

    @Test
    void a_file_may_be_followed_by_its_host_and_port() {
        assertThat(RemoteArguments.toGet(List.of("dir/f"), OCTET))
                .containsExactly(new RemoteFile("127.0.0.1", 69, "dir/f", OCTET));
        assertThat(RemoteArguments.toGet(List.of("f", "h"), OCTET))
                .containsExactly(new RemoteFile("h", 69, "f", OCTET));
        assertThat(RemoteArguments.toGet(List.of("f", "h", "6969"), NETASCII))
                .containsExactly(new RemoteFile("h", 6969, "f", NETASCII));
    }

    @Test
    void a_plain_file_name_is_not_decoded() {
        assertThat(RemoteArguments.toGet(List.of("100%;mode=netascii", "h"), OCTET))
                .containsExactly(new RemoteFile("h", 69, "100%;mode=netascii", OCTET));
    }

    @Test
    void a_mixture_of_both_forms_is_rejected() {
        assertRefused(List.of("tftp://h/a", "b"));
        assertRefused(List.of("a", "tftp://h/b"));
        assertRefused(List.of("a", "b", "6969", "d"));
    }

    @Test
    void a_uri_without_a_file_name_is_rejected() {
        assertRefused(List.of("tftp://h/"));
        assertRefused(List.of("tftp://h"));
        assertRefused(List.of("tftp://h/dir/"));
    }

    @Test
    void an_invalid_port_is_rejected() {
        assertRefused(List.of("f", "h", "0"));
        assertRefused(List.of("f", "h", "65536"));
        assertRefused(List.of("f", "h", "-1"));
        assertRefused(List.of("f", "h", "tftp"));
        assertRefused(List.of("f", "h", "99999999999"));
    }

    @Test
    void files_to_put_end_in_a_uri_or_a_host() {
        assertThat(RemoteArguments.endInUri(List.of("a", "b", "tftp://h/"))).isTrue();
        assertThat(RemoteArguments.endInUri(List.of("a", "h"))).isFalse();
        assertThat(RemoteArguments.server(List.of("a", "h", "70"), OCTET))
                .isEqualTo(new RemoteFile("h", 70, "", OCTET));
        assertThat(RemoteArguments.server(List.of("a"), OCTET)).isEqualTo(new RemoteFile("127.0.0.1", 69, "", OCTET));
    }

    @ParameterizedTest
    @CsvSource({
        "http://h/f, http://h/f: not a URI of TFTP (expected: tftp://h/f)",
        "https://u:p@h:8443/d/f, https://u:p@h:8443/d/f: not a URI of TFTP (expected: tftp://h/d/f)",
        "ftp://[::1]:21/f, ftp://[::1]:21/f: not a URI of TFTP (expected: tftp://[::1]/f)",
        "tfpt://h:6969/f, tfpt://h:6969/f: not a URI of TFTP (expected: tftp://h:6969/f)",
        "file:///d/f, file:///d/f: not a URI of TFTP (expected: tftp://HOST[:PORT]/PATH)",
        "tftp:/h/f, tftp:/h/f (expected: tftp://h/f)",
        "192.0.2.1/d/f, '192.0.2.1/d/f (expected: tftp://192.0.2.1/d/f, or HOST after a file of that name)'",
        "h:6969/d/f, 'h:6969/d/f (expected: tftp://h:6969/d/f, or HOST after a file of that name)'",
        "192.0.2.1:f, '192.0.2.1:f (expected: tftp://192.0.2.1/f, or HOST after a file of that name)'",
        "h:/d/f, 'h:/d/f (expected: tftp://h/d/f, or HOST after a file of that name)'",
        "[::1]:f, '[::1]:f (expected: tftp://[::1]/f, or HOST after a file of that name)'",
        "f h:6969, host: h:6969 (expected: h 6969)",
        "f h:/d/, host: h:/d/ (expected: tftp://HOST[:PORT]/PATH)",
        "f http://h/, http://h/: not a URI of TFTP (expected: tftp://h/)",
        "f h/d, host: h/d (expected: a name or an address)",
    })
    void forms_of_other_programs_are_rejected_with_the_form_of_this_one(String arguments, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RemoteArguments.toGet(List.of(arguments.split(" ")), OCTET))
                .withMessage(message);
    }

    @Test
    void a_name_with_a_colon_is_a_file_of_the_host_that_follows() {
        assertThat(RemoteArguments.toGet(List.of("c:/boot/f", "fe80::1%eth0"), OCTET))
                .containsExactly(new RemoteFile("fe80::1%eth0", 69, "c:/boot/f", OCTET));
    }

    private static void assertRefused(List<String> arguments) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RemoteArguments.toGet(arguments, OCTET))
                .withMessageContaining("expected");
    }
}
