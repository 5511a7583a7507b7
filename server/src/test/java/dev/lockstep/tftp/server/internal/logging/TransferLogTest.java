package dev.lockstep.tftp.server.internal.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ErrorMessage;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.event.DropReason;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.event.RefusalReason;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.negotiation.TransferSettings;
import dev.lockstep.tftp.testing.Counted;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TransferLogTest {
    private static final InetSocketAddress PEER = new InetSocketAddress("127.0.0.1", 2000);
    private static final Request READ = new ReadRequest("f", TransferMode.OCTET, Options.NONE);
    private static final Request WRITE = new WriteRequest("f", TransferMode.OCTET, Options.NONE);

    @RegisterExtension
    final LogCapture lines = new LogCapture(Level.INFO);

    private final TransferLog log = new TransferLog();

    private ILoggingEvent ended(Request request, long tsize, Outcome outcome, TftpException cause) {
        TransferSettings settings = TransferSettings.builder()
                .blksize(1428)
                .windowsize(4)
                .tsize(tsize)
                .build();
        log.on(new TransferEvent.Ended(1, PEER, request, settings, Counted.stats(100, 500_000_000), outcome, cause));
        assertThat(lines.list).as("one line a transfer").hasSize(1);
        return lines.list.get(0);
    }

    @Test
    void a_transfer_is_one_line_when_it_ends() {
        ILoggingEvent line = ended(READ, 100, Outcome.COMPLETE, null);
        assertThat(line.getLevel()).isEqualTo(Level.INFO);
        assertThat(line.getFormattedMessage())
                .isEqualTo("127.0.0.1:2000 read f 100 bytes in 0.500 s, 200.0 B/s, blksize 1428, windowsize 4,"
                        + " resends 0: complete");
    }

    @ParameterizedTest
    @EnumSource(
            value = Outcome.class,
            names = {"UNCONFIRMED", "PROBE", "STOPPED", "REPLACED"})
    @Tag("case-F1")
    void f01_the_usual_ends_of_firmware_transfers_are_no_warnings(Outcome outcome) {
        TftpException cause = TftpException.fromPeer(new ErrorMessage(8, "User aborted the transfer"));
        ILoggingEvent line = ended(READ, 100, outcome, cause);
        assertThat(line.getLevel()).isEqualTo(Level.INFO);
        assertThat(line.getFormattedMessage()).contains("peer sent ERROR 8 User aborted the transfer");
    }

    @Test
    void only_a_failure_is_a_warning() {
        ILoggingEvent line = ended(WRITE, 100, Outcome.FAILED, new TftpException(ErrorCode.DISK_FULL, "disk full"));
        assertThat(line.getLevel()).isEqualTo(Level.WARN);
        assertThat(line.getFormattedMessage()).contains("write f").endsWith("failed: disk full");
    }

    @Test
    @Tag("case-34")
    void case34_an_upload_that_differs_from_its_announced_size_is_logged_with_that_size() {
        assertThat(ended(WRITE, 99, Outcome.COMPLETE, null).getFormattedMessage())
                .contains("99 bytes were announced");
    }

    @Test
    @Tag("case-34")
    void case34_an_upload_of_the_announced_size_or_without_one_is_logged_without_it() {
        assertThat(ended(WRITE, 100, Outcome.COMPLETE, null).getFormattedMessage())
                .endsWith("complete");
        lines.list.clear();
        assertThat(ended(WRITE, -1, Outcome.COMPLETE, null).getFormattedMessage())
                .endsWith("complete");
    }

    @Test
    void a_client_cannot_inject_log_lines() {
        Request request = new ReadRequest("f\n127.0.0.1:1 read x\u001b[2J\u0085", TransferMode.OCTET, Options.NONE);
        TftpException cause = TftpException.fromPeer(new ErrorMessage(0, "a\r\nb"));
        String line = ended(request, 0, Outcome.STOPPED, cause).getFormattedMessage();
        assertThat(line).matches("[\\x20-\\x7e]*").contains("f\\x0a127").contains("a\\x0d\\x0ab");
    }

    @Test
    void a_client_cannot_reverse_a_log_line_or_write_raw_text_into_a_stack_trace() {
        lines.logger().setLevel(Level.DEBUG);
        Request request = new ReadRequest("gpj\u202eexe.\u009b2J", TransferMode.OCTET, Options.NONE);
        ended(request, 0, Outcome.FAILED, TftpException.fromPeer(new ErrorMessage(0, "a\u2066b")));
        assertThat(lines.list)
                .singleElement()
                .extracting(ILoggingEvent::getFormattedMessage)
                .asString()
                .contains("gpj\\u{202e}exe.\\x9b2J", "a\\u{2066}b");
    }

    @Test
    void a_client_cannot_inject_log_lines_by_its_options() {
        lines.logger().setLevel(Level.DEBUG);
        Options options = Options.NONE.with("a\nb", "c\u001b");
        log.on(new TransferEvent.Requested(1, PEER, new ReadRequest("f", TransferMode.OCTET, options)));
        assertThat(lines.list.get(0).getFormattedMessage()).isEqualTo("127.0.0.1:2000 read f asks a\\x0ab=c\\x1b");
    }

    @Test
    void a_pmtu_black_hole_is_a_warning_and_is_shown_in_the_line_of_each_transfer_that_it_slows() {
        log.on(new TransferEvent.PmtuBlackHoleFound(1, PEER, READ, Duration.ofMinutes(10)));
        assertThat(lines.list.get(0).getLevel()).isEqualTo(Level.WARN);
        assertThat(lines.list.get(0).getFormattedMessage())
                .isEqualTo(
                        "127.0.0.1 PMTU black hole: no block larger than 512 bytes was acknowledged in two downloads,"
                                + " granting no larger ones for 10 min");
        TransferSettings small = TransferSettings.builder().tsize(100).build();
        log.on(new TransferEvent.Ended(1, PEER, READ, small, Counted.stats(100, 500_000_000), Outcome.COMPLETE, null)
                .afterBlackHole());
        assertThat(lines.list.get(1).getFormattedMessage())
                .endsWith(", blksize 512, windowsize 1, resends 0, small blocks after a PMTU black hole: complete");
    }

    @Test
    void a_dropped_request_is_logged_and_an_eviction_is_not() {
        log.on(new TransferEvent.Dropped(PEER, DropReason.UNVALIDATED_RATE_LIMIT));
        TransferSettings settings = TransferSettings.builder()
                .blksize(1428)
                .windowsize(4)
                .tsize(100)
                .build();
        TftpException cause = new TftpException(ErrorCode.NOT_DEFINED, "evicted in favour of a new request");
        log.on(new TransferEvent.Ended(1, PEER, READ, settings, Counted.stats(0, 0), Outcome.EVICTED, cause));
        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly("127.0.0.1:2000 request dropped: rate limit for unvalidated peers");
    }

    @Test
    void a_refusal_is_logged_even_of_a_malformed_request() {
        log.on(new TransferEvent.Refused(
                1, PEER, READ, RefusalReason.STORAGE, new TftpException(ErrorCode.FILE_NOT_FOUND, "file not found")));
        log.on(new TransferEvent.Refused(
                1, PEER, null, RefusalReason.STORAGE, new TftpException(ErrorCode.ILLEGAL_OPERATION, "mode: x\ny")));
        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .first()
                .isEqualTo("127.0.0.1:2000 read f refused: file not found");
        assertThat(lines.list.get(1).getFormattedMessage())
                .isEqualTo("127.0.0.1:2000 (malformed request) refused: mode: x\\x0ay");
    }
}
