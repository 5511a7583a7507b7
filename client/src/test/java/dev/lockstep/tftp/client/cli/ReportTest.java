package dev.lockstep.tftp.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import dev.lockstep.tftp.client.RemoteFile;
import dev.lockstep.tftp.client.TransferResult;
import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ErrorMessage;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.negotiation.TransferSettings;
import dev.lockstep.tftp.testing.Counted;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final RemoteFile REMOTE = new RemoteFile("h", 69, "dir/f", TransferMode.OCTET);
    private static final TransferSettings SETTINGS =
            TransferSettings.builder().blksize(1428).windowsize(4).tsize(100).build();

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final PrintStream standardError = System.err;

    @BeforeEach
    void capture_standard_error() {
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void restore_standard_error() {
        System.setErr(standardError);
    }

    private Report report(boolean json, boolean quiet, boolean verbose) {
        return new Report(json, quiet, verbose, new PrintStream(out, true, StandardCharsets.UTF_8));
    }

    private static TransferResult result(Outcome outcome) {
        return new TransferResult(
                REMOTE,
                new InetSocketAddress("127.0.0.1", 2000),
                SETTINGS,
                Options.NONE.with("TSize", 100).with("x-new", "a \"text\""),
                Counted.stats(100, 500_000_000),
                outcome);
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String errors() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private Map<String, String> json() throws IOException {
        Map<String, String> fields = new LinkedHashMap<>();
        assertThat(printed().lines()).as("one object, one line").hasSize(1);
        try (JsonParser parser = new JsonFactory().createParser(printed())) {
            parser.nextToken();
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                parser.nextToken();
                fields.put(name, parser.getText());
            }
        }
        return fields;
    }

    @Test
    void a_result_is_printed_on_one_line() {
        report(false, false, false).done("get", "f", result(Outcome.COMPLETE));
        assertThat(printed().strip()).isEqualTo("tftp://h/dir/f: 100 bytes in 0.500 s, 200.0 B/s");
        assertThat(errors()).isEmpty();
    }

    @Test
    void a_verbose_report_prints_the_settings_and_a_quiet_one_nothing() {
        report(false, false, true).done("get", "f", result(Outcome.COMPLETE));
        assertThat(printed()).contains("blksize 1428, windowsize 4, resends 0");
        out.reset();
        report(false, true, false).done("get", "f", result(Outcome.COMPLETE));
        assertThat(printed()).isEmpty();
    }

    @Test
    void a_result_is_printed_as_a_json_object_on_request() throws IOException {
        report(true, false, false).done("get", "/tmp/\"f\"", result(Outcome.COMPLETE));
        assertThat(json())
                .containsEntry("operation", "get")
                .containsEntry("remote", "tftp://h/dir/f")
                .containsEntry("local", "/tmp/\"f\"")
                .containsEntry("path", "/tmp/\"f\"")
                .containsEntry("result", "complete")
                .containsEntry("bytes", "100")
                .containsEntry("seconds", "0.5")
                .containsEntry("blksize", "1428")
                .containsEntry("windowsize", "4")
                .containsEntry("resends", "0");
        assertThat(printed().strip()).endsWith(",\"granted\":{\"tsize\":\"100\",\"x-new\":\"a \\\"text\\\"\"}}");
    }

    @Test
    @Tag("case-14")
    void case14_an_unconfirmed_result_is_reported_as_such() throws IOException {
        report(true, false, false).done("put", "f", result(Outcome.UNCONFIRMED));
        assertThat(json()).containsEntry("result", "unconfirmed");
        assertThat(errors().strip()).isEqualTo("tftp: tftp://h/dir/f: probably complete: the last ACK never came");
    }

    @Test
    void a_failure_is_one_line_on_standard_error_without_a_stack_trace() {
        report(false, false, false).failed("get", "f", REMOTE, new TftpException(ErrorCode.DISK_FULL, "disk full"));
        assertThat(printed()).isEmpty();
        assertThat(errors()).isEqualTo("tftp: tftp://h/dir/f: disk full" + System.lineSeparator());
    }

    @Test
    void a_quiet_report_prints_failures() {
        report(false, true, false).failed("get", "f", REMOTE, new TftpException(ErrorCode.DISK_FULL, "disk full"));
        assertThat(errors().lines()).hasSize(1);
    }

    @Test
    void a_verbose_report_prints_the_stack_trace() {
        report(false, false, true).failed("get", "f", REMOTE, new TftpException(ErrorCode.DISK_FULL, "disk full"));
        assertThat(errors()).contains("\tat ");
    }

    @Test
    void a_failure_of_this_side_shows_its_reason_and_not_the_text_for_the_server() throws IOException {
        TftpException failure =
                new TftpException(ErrorCode.DISK_FULL, "disk full").because("cannot write f: no space left");
        report(true, false, false).failed("get", "f", REMOTE, failure);
        assertThat(errors().strip()).isEqualTo("tftp: tftp://h/dir/f: cannot write f: no space left");
        assertThat(json())
                .containsEntry("code", "3")
                .containsEntry("error", "cannot write f: no space left")
                .containsEntry("path", Path.of("f").toAbsolutePath().toString())
                .containsEntry("from_peer", "false");
    }

    @Test
    void a_standard_stream_has_no_path() throws IOException {
        report(true, false, false).done("put", "-", result(Outcome.COMPLETE));
        assertThat(json()).containsEntry("local", "-").doesNotContainKey("path");
    }

    @Test
    void control_characters_of_a_server_are_escaped_on_the_terminal() throws IOException {
        TftpException failure = TftpException.fromPeer(new ErrorMessage(99, "bad\nnews\u001b[2J"));
        report(true, false, false).failed("get", "f", REMOTE, failure);
        assertThat(errors().strip()).isEqualTo("tftp: tftp://h/dir/f: server: bad\\x0anews\\x1b[2J (error 99)");
        assertThat(json())
                .containsEntry("result", "failed")
                .containsEntry("code", "99")
                .containsEntry("error", "bad\nnews\u001b[2J")
                .containsEntry("from_peer", "true");
    }

    @Test
    void c1_controls_and_bidi_overrides_of_a_server_are_escaped() {
        TftpException failure = TftpException.fromPeer(new ErrorMessage(1, "no\u009b2J\u202egmi.exe"));
        report(true, false, true).failed("get", "f", REMOTE, failure);
        assertThat(errors())
                .startsWith(
                        "tftp: tftp://h/dir/f: server: no\\x9b2J\\u{202e}gmi.exe (error 1)" + System.lineSeparator());
        assertThat(errors() + printed()).doesNotContain("\u009b", "\u202e");
    }

    @Test
    void an_unexpected_exception_is_reported_as_internal_error() {
        report(false, false, false).failed("get", "f", REMOTE, new IllegalStateException("secret"));
        assertThat(errors().strip()).isEqualTo("tftp: tftp://h/dir/f: internal error");
    }
}
