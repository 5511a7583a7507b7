package dev.lockstep.tftp.embedding;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.junit.TftpFixture;
import dev.lockstep.tftp.junit.TftpServerTest;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.MalformedURLException;
import java.net.ProtocolException;
import java.net.URL;
import java.net.URLConnection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests {@code tftp:} URLs, which the JDK opens with the client. */
@Timeout(60)
@TftpServerTest
class UrlTest {
    @Test
    void a_url_is_read_as_a_stream(TftpFixture tftp) throws IOException {
        tftp.serve("dir/a file.txt", "line\r\n");
        URL url = tftp.uri("dir/a file.txt").toURL();
        assertThat(url.getDefaultPort()).isEqualTo(69);
        try (InputStream in = url.openStream()) {
            assertThat(in.readAllBytes()).asString(UTF_8).isEqualTo("line\r\n");
            assertThat(in.read()).isEqualTo(-1);
        }
        URLConnection connection = url.openConnection();
        assertThat(connection.getContentLengthLong()).isEqualTo(6);
        assertThat(connection.getContentType()).isEqualTo("text/plain");
        try (InputStream in = connection.getInputStream()) {
            assertThat(in.read()).isEqualTo('l');
        }
        assertThat(tftp.requests()).hasSize(2);
        requireNoClient();
    }

    @Test
    void the_mode_is_part_of_the_url(TftpFixture tftp) throws IOException {
        tftp.serve("f", "a\nb");
        try (InputStream in = new URL(tftp.uri("f") + ";mode=netascii").openStream()) {
            assertThat(in.readAllBytes()).asString(UTF_8).isEqualTo("a\nb");
        }
        assertThat(tftp.requests())
                .first()
                .matches(request -> request.mode().wireName().equals("netascii"));
        requireNoClient();
    }

    @Test
    void output_is_an_upload_that_is_sent_when_the_stream_is_closed(TftpFixture tftp) throws IOException {
        URLConnection connection = tftp.uri("up").toURL().openConnection();
        connection.setDoOutput(true);
        try (OutputStream out = connection.getOutputStream()) {
            out.write("hostname r7".getBytes(UTF_8));
            assertThat(connection.getOutputStream()).isSameAs(out);
            assertThat(tftp.requests()).isEmpty();
        }
        assertThat(tftp.uploads().get("up").text()).isEqualTo("hostname r7");
        assertThat(tftp.requests())
                .first()
                .matches(request -> request.options().tsize().getAsLong() == 11);
        assertThatThrownBy(connection::getInputStream).isInstanceOf(ProtocolException.class);
        tftp.nextTransfer().error(ErrorCode.DISK_FULL, "disk is full");
        OutputStream refused = again(connection).getOutputStream();
        assertThatThrownBy(refused::close).isInstanceOf(TftpException.class).hasMessage("disk is full");
        requireNoClient();
    }

    private static URLConnection again(URLConnection connection) throws IOException {
        URLConnection other = connection.getURL().openConnection();
        other.setDoOutput(true);
        return other;
    }

    @Test
    void failures_are_those_that_users_of_urls_expect(TftpFixture tftp) throws IOException {
        URLConnection missing = tftp.uri("none").toURL().openConnection();
        assertThatThrownBy(missing::getInputStream)
                .isInstanceOf(FileNotFoundException.class)
                .hasMessageEndingWith("/none: file not found")
                .hasCauseInstanceOf(TftpException.class);
        assertThatThrownBy(missing::getOutputStream).isInstanceOf(ProtocolException.class);
        assertThat(missing.getContentLengthLong()).isEqualTo(-1);
        URLConnection unread = tftp.uri("none").toURL().openConnection();
        assertThat(unread.getContentLengthLong()).isEqualTo(-1);
        assertThatThrownBy(unread::getInputStream).isInstanceOf(FileNotFoundException.class);
        URLConnection silent = tftp.uri("f").toURL().openConnection();
        tftp.nextTransfer().silent();
        silent.setConnectTimeout(100);
        assertThatThrownBy(silent::connect)
                .isInstanceOfSatisfying(
                        TftpException.class, e -> assertThat(e.isTimeout()).isTrue());
        assertThatThrownBy(() -> new URL("tftp:///none").openStream()).isInstanceOf(MalformedURLException.class);
        assertThatThrownBy(() -> new URL("tftp://127.0.0.1/a b").openStream())
                .isInstanceOf(MalformedURLException.class);
        requireNoClient();
    }

    /** Checks that no thread of a client is left, except for its last instructions. */
    private static void requireNoClient() {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().matches("tftp-(\\d+|io)-.*")) {
                try {
                    thread.join(15_000);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                assertThat(thread.isAlive()).as(thread.getName()).isFalse();
            }
        }
    }
}
