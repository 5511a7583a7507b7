package dev.lockstep.tftp.client;

import static dev.lockstep.tftp.codec.TransferMode.NETASCII;
import static dev.lockstep.tftp.codec.TransferMode.OCTET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpCodec;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TransferMode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests TFTP URIs (RFC 3617). */
class RemoteFileTest {
    @ParameterizedTest
    @CsvSource({
        "tftp://example.com/myconfig, example.com, 69, myconfig, OCTET",
        "tftp://example.com/mystartupfile;mode=netascii, example.com, 69, mystartupfile, NETASCII",
        "tftp://example.com/file;mode=octet, example.com, 69, file, OCTET",
        "tftp://example.com:6969/dir/file, example.com, 6969, dir/file, OCTET",
        "TFTP://Example.com/File, Example.com, 69, File, OCTET",
        "tftp://192.0.2.7/f, 192.0.2.7, 69, f, OCTET",
        "tftp://[2001:db8::7]/f, 2001:db8::7, 69, f, OCTET",
        "tftp://[::1]:6969/f, ::1, 6969, f, OCTET",
        "tftp://[fe80::1%25eth0]/f, fe80::1%eth0, 69, f, OCTET",
        "tftp://[fe80::1%25eth0]:6969/f, fe80::1%eth0, 6969, f, OCTET",
        "tftp://[fe80::1%eth0]/f, fe80::1%eth0, 69, f, OCTET",
        "tftp://[fe80::1%2525]/f, fe80::1%25, 69, f, OCTET",
        "tftp://[fe80::1%25a%25b]/f, fe80::1%a%b, 69, f, OCTET",
        "tftp://h//abs/file, h, 69, /abs/file, OCTET",
        "tftp://h/a%20b, h, 69, a b, OCTET",
        "tftp://h/100%25, h, 69, 100%, OCTET",
        "tftp://h/a+b, h, 69, a+b, OCTET",
        "tftp://h/s%C3%BC%C3%9F, h, 69, süß, OCTET",
        "tftp://h/boot%5Cx64, h, 69, boot\\x64, OCTET",
        "tftp://h/f%3Bmode=netascii, h, 69, f;mode=netascii, OCTET",
        "tftp://h/f;v=1, h, 69, f;v=1, OCTET",
        "tftp://h/f;v=1;mode=netascii, h, 69, f;v=1, NETASCII",
        "tftp://h/, h, 69, '', OCTET",
        "tftp://h, h, 69, '', OCTET",
        "tftp://h:1, h, 1, '', OCTET",
        "tftp://h:65535/f, h, 65535, f, OCTET",
    })
    void a_uri_names_a_host_a_port_a_file_and_a_mode(
            String uri, String host, int port, String filename, TransferMode mode) {
        assertThat(RemoteFile.parse(uri, OCTET)).isEqualTo(new RemoteFile(host, port, filename, mode));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tftp://h/f;MODE=netascii", "tftp://h/f;mode=NETASCII", "tftp://h/f;Mode=NetAscii"})
    void the_mode_is_case_insensitive(String uri) { // literals of an ABNF are case-insensitive (RFC 5234, 2.3)
        assertThat(RemoteFile.parse(uri, OCTET)).isEqualTo(new RemoteFile("h", 69, "f", NETASCII));
    }

    @Test
    void the_mode_of_the_uri_overrides_the_default() {
        assertThat(RemoteFile.parse("tftp://h/f", NETASCII).mode()).isEqualTo(NETASCII);
        assertThat(RemoteFile.parse("tftp://h/f;mode=octet", NETASCII).mode()).isEqualTo(OCTET);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "file",
                "http://h/f",
                "tftp:/h/f",
                "tftp:h/f",
                "tftp://",
                "tftp:///f",
                "tftp://h:0/f",
                "tftp://h:65536/f",
                "tftp://h:99999/f",
                "tftp://h:-1/f",
                "tftp://h:69x/f",
                "tftp://h:123456/f",
                "tftp://::1/f",
                "tftp://[::1/f",
                "tftp://[%25eth0]/f",
                "tftp://[fe80::1%]/f",
                "tftp://[fe80::1%25%]/f",
                "tftp://h/f;mode=mail",
                "tftp://h/f;mode=binary",
                "tftp://h/%",
                "tftp://h/%zz",
                "tftp://h/a%2",
                "tftp://h/a%00b"
            })
    void any_other_text_is_rejected_with_what_was_expected(String uri) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RemoteFile.parse(uri, OCTET))
                .withMessageContaining("expected");
    }

    @Test
    void a_file_name_with_a_nul_is_rejected() {
        assertThatIllegalArgumentException().isThrownBy(() -> new RemoteFile("h", 69, "a\0b", OCTET));
        assertThatIllegalArgumentException().isThrownBy(() -> new RemoteFile("h", 0, "a", OCTET));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tftp://example.com/dir/file",
                "tftp://example.com:6969/file;mode=netascii",
                "tftp://[2001:db8::7]:6969/f",
                "tftp://[fe80::1%25eth0]/f",
                "tftp://h/caf%E9",
                "tftp://h/%C3(%FF",
                "tftp://h//abs/file",
                "tftp://h/a%20b",
                "tftp://h/100%25",
                "tftp://h/f%3Bmode=netascii",
                "tftp://h/a+b",
                "tftp://h/",
            })
    void to_string_returns_the_parsed_uri(String uri) {
        assertThat(RemoteFile.parse(uri, OCTET)).hasToString(uri);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "100%", "%20", "süß", "a?b#c", "back\\slash", "line\nbreak", "f;mode=octet", "+"})
    void any_file_name_survives_formatting_and_parsing(String filename) {
        RemoteFile file = new RemoteFile("h", 69, filename, NETASCII);
        assertThat(RemoteFile.parse(file.toString(), OCTET)).isEqualTo(file);
    }

    @Test
    void the_last_element_follows_the_last_slash_of_either_kind() {
        assertThat(RemoteFile.parse("tftp://h/a/b.bin", OCTET).lastElement()).isEqualTo("b.bin");
        assertThat(RemoteFile.parse("tftp://h/b.bin", OCTET).lastElement()).isEqualTo("b.bin");
        assertThat(RemoteFile.parse("tftp://h/a/", OCTET).lastElement()).isEmpty();
        assertThat(RemoteFile.parse("tftp://h/a%5Cb.bin", OCTET).lastElement()).isEqualTo("b.bin");
        assertThat(RemoteFile.parse("tftp://h/a", OCTET).withFilename("x/y").filename())
                .isEqualTo("x/y");
    }

    @ParameterizedTest
    @CsvSource({
        "caf%E9, 636166e9",
        "%E9, e9",
        "%FF%FE, fffe",
        "s%C3%BC%FC, 73c3bcfc",
        "%C3%28, c328",
        "%E2%82, e282",
        "%ED%B3%A9, edb3a9",
        "süß, 73c3bcc39f",
    })
    void bytes_of_a_name_that_are_not_utf_8_are_sent_as_they_are(String path, String bytes) {
        RemoteFile file = RemoteFile.parse("tftp://h/" + path, OCTET);
        ByteBuf request = TftpCodec.encode(
                new ReadRequest(file.filename(), OCTET, Options.NONE), UnpooledByteBufAllocator.DEFAULT);
        assertThat(ByteBufUtil.hexDump(request)).isEqualTo("0001" + bytes + "006f6374657400");
        assertThat(TftpCodec.encodedLength(new ReadRequest(file.filename(), OCTET, Options.NONE)))
                .isEqualTo(request.readableBytes());
        request.release();
    }

    @Test
    void a_local_file_is_named_in_latin_1_where_the_name_is_not_utf_8() {
        assertThat(RemoteFile.parse("tftp://h/d%E9/caf%E9", OCTET).lastElement())
                .isEqualTo("café");
    }

    @Test
    void a_uri_is_distinguished_from_a_file_name() {
        assertThat(RemoteFile.isUri("tftp://h/f")).isTrue();
        assertThat(RemoteFile.isUri("TFTP://h/f")).isTrue();
        assertThat(RemoteFile.isUri("tftp:/h/f")).isFalse();
        assertThat(RemoteFile.isUri("file")).isFalse();
        assertThat(RemoteFile.isUri("")).isFalse();
    }
}
