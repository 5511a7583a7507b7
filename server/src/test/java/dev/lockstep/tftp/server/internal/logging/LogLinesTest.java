package dev.lockstep.tftp.server.internal.logging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ErrorMessage;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.event.RefusalReason;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.negotiation.TransferSettings;
import dev.lockstep.tftp.testing.Counted;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The layouts of a line: JSON and journal. */
class LogLinesTest {
    private static final InetSocketAddress PEER = new InetSocketAddress("192.0.2.7", 2000);
    private static final TransferSettings SETTINGS =
            TransferSettings.builder().blksize(1428).windowsize(4).tsize(100).build();

    @RegisterExtension
    final LogCapture events = new LogCapture(Level.DEBUG);

    private final TransferLog log = new TransferLog();

    private static Request read(String file) {
        return new ReadRequest(file, TransferMode.OCTET, Options.NONE);
    }

    private void end(Request request, Outcome outcome, TftpException cause) {
        log.on(new TransferEvent.Ended(1, PEER, request, SETTINGS, Counted.stats(100, 500_000_000), outcome, cause));
    }

    private String json() {
        return new String(new JsonLayout(false).encode(events.list.get(0)), StandardCharsets.UTF_8);
    }

    /** Returns the JSON object of the only line, without its time. */
    private Map<String, Object> object() throws IOException {
        String line = json();
        assertThat(line).endsWith("}\n").hasLineCount(1);
        Map<String, Object> object = new LinkedHashMap<>();
        try (JsonParser parser = new JsonFactory().createParser(line)) {
            assertThat(parser.nextToken()).isEqualTo(JsonToken.START_OBJECT);
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                object.put(
                        name,
                        switch (parser.nextToken()) {
                            case VALUE_NUMBER_INT -> parser.getLongValue();
                            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
                            case VALUE_TRUE, VALUE_FALSE -> parser.getBooleanValue();
                            default -> parser.getText();
                        });
            }
            assertThat(parser.nextToken()).isNull();
        }
        assertThat(object.remove("time")).asString().matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d[.\\d]*Z");
        return object;
    }

    @Test
    void a_transfer_is_one_object_with_stable_names() throws IOException {
        end(read("pxe.0"), Outcome.COMPLETE, null);
        Map<String, Object> expected = new LinkedHashMap<>();
        expected.put("level", "INFO");
        expected.put("event", "transfer");
        expected.put("peer", "192.0.2.7:2000");
        expected.put("operation", "read");
        expected.put("file", "pxe.0");
        expected.put("bytes", 100L);
        expected.put("seconds", 0.5);
        expected.put("rate", 200.0);
        expected.put("blksize", 1428L);
        expected.put("windowsize", 4L);
        expected.put("resends", 0L);
        expected.put("result", "complete");
        expected.put(
                "message",
                "192.0.2.7:2000 read pxe.0 100 bytes in 0.500 s, 200.0 B/s, blksize 1428, windowsize 4,"
                        + " resends 0: complete");
        assertThat(object()).containsExactlyEntriesOf(expected);
    }

    @Test
    void a_failed_transfer_has_its_reason() throws IOException {
        end(
                new WriteRequest("f", TransferMode.OCTET, Options.NONE),
                Outcome.FAILED,
                new TftpException(ErrorCode.DISK_FULL, "disk full"));
        assertThat(object())
                .containsEntry("level", "WARN")
                .containsEntry("operation", "write")
                .containsEntry("result", "failed")
                .containsEntry("reason", "disk full")
                .containsEntry("code", 3L)
                .containsEntry("from_peer", false);
    }

    @Test
    @Tag("case-F1")
    void f01_a_size_probe_is_no_error() throws IOException {
        end(read("f"), Outcome.PROBE, TftpException.fromPeer(new ErrorMessage(8, "User aborted the transfer")));
        assertThat(object()).containsEntry("level", "INFO").containsEntry("result", "probe");
    }

    @Test
    void a_refusal_has_its_reason() throws IOException {
        log.on(new TransferEvent.Refused(
                1,
                PEER,
                read("f"),
                RefusalReason.STORAGE,
                new TftpException(ErrorCode.FILE_NOT_FOUND, "file not found")));
        assertThat(object())
                .containsEntry("event", "refused")
                .containsEntry("result", "refused")
                .containsEntry("file", "f")
                .containsEntry("reason", "file not found")
                .containsEntry("code", 1L);
    }

    @Test
    void a_malformed_request_has_no_filename() throws IOException {
        log.on(new TransferEvent.Refused(
                1, PEER, null, RefusalReason.STORAGE, new TftpException(ErrorCode.ILLEGAL_OPERATION, "mode: x")));
        assertThat(object()).doesNotContainKeys("file", "operation").containsEntry("reason", "mode: x");
    }

    @Test
    void a_client_can_inject_neither_lines_nor_members() throws IOException {
        String name = "f\",\"result\":\"complete\"}\n{\"x\":\"\u001b[2J\u0085é";
        end(read(name), Outcome.STOPPED, TftpException.fromPeer(new ErrorMessage(0, "a\r\nb")));
        assertThat(json()).matches("[\\x20-\\x7e]+\\n");
        assertThat(object()).containsEntry("file", name).containsEntry("result", "stopped");
    }

    @Test
    void any_other_line_is_an_object_too() throws IOException {
        events.logger().info("the time is {}", "now");
        assertThat(object())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("level", "INFO", "event", "log", "message", "the time is now"));
    }

    @Test
    void each_journal_line_begins_with_its_priority() {
        PatternLayoutEncoder plain = new PatternLayoutEncoder();
        plain.setContext(events.logger().getLoggerContext());
        plain.setPattern("%msg%n");
        plain.start();
        Encoder<ILoggingEvent> journal = new JournalLayout(plain);
        events.logger().debug("a");
        events.logger().info("b");
        events.logger().warn("c");
        events.logger().error("d\ne");
        assertThat(events.list)
                .extracting(event -> new String(journal.encode(event), StandardCharsets.UTF_8))
                .containsExactly("<7>a\n", "<6>b\n", "<4>c\n", "<3>d\n<3>e\n");
    }

    @Test
    void the_journal_is_detected_by_device_and_inode(@TempDir Path folder) throws IOException {
        assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("unix") || Files.exists(Path.of("/proc")));
        Path file = Files.createFile(folder.resolve("stream"));
        String stream = Files.getAttribute(file, "unix:dev") + ":" + Files.getAttribute(file, "unix:ino");
        assertThat(JournalLayout.areWantedOn(file, stream)).isTrue();
        assertThat(JournalLayout.areWantedOn(file, "1:1")).isFalse();
        assertThat(JournalLayout.areWantedOn(file, null)).isFalse();
        assertThat(JournalLayout.areWantedOn(folder.resolve("nothing"), stream)).isFalse();
    }
}
