package dev.lockstep.tftp.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.event.RefusalReason;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.event.TransferListener;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.negotiation.TransferSettings;
import dev.lockstep.tftp.testing.Counted;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransferProgressBarTest {
    private static final InetSocketAddress PEER = new InetSocketAddress("192.0.2.1", 69);
    private static final ReadRequest REQUEST = new ReadRequest("f", TransferMode.OCTET, Options.NONE);

    private final TransferProgressBar progress = TransferProgressBar.start(false, 1);

    private static String line(TransferProgressBar progress, double seconds) {
        return progress.forms(seconds)[0];
    }

    private static TransferSettings settings(long size) {
        return TransferSettings.builder()
                .blksize(1428)
                .windowsize(4)
                .tsize(size)
                .build();
    }

    private static void started(TransferListener transfer, long size) {
        transfer.on(new TransferEvent.Started(1, PEER, REQUEST, settings(size), Options.NONE, Counted.stats(0, 0)));
    }

    private static void progressed(TransferListener transfer, int bytes) {
        transfer.on(new TransferEvent.Progressed(1, PEER, REQUEST, settings(0), Counted.stats(bytes, 1)));
    }

    private static void ended(TransferListener transfer, int bytes) {
        transfer.on(new TransferEvent.Ended(
                1, PEER, REQUEST, settings(0), Counted.stats(bytes, 1), Outcome.COMPLETE, null));
    }

    @Test
    void the_line_shows_per_cent_bytes_rate_and_remaining_time() {
        TransferListener transfer = progress.transfer();
        started(transfer, 260_000);
        assertThat(line(progress, 1)).isEqualTo("[                    ]  0/260 kB  0 %  0.0 B/s");
        progressed(transfer, 65_000);
        assertThat(line(progress, 25)).isEqualTo("[#####               ]  65/260 kB  25 %  2.6 kB/s  1:15 left");
        assertThat(line(progress, 50)).as("nothing arrives").endsWith("  1.3 kB/s  2:30 left");
    }

    @Test
    void without_a_size_the_line_shows_bytes_and_rate() {
        TransferListener transfer = progress.transfer();
        started(transfer, Source.UNKNOWN_SIZE);
        progressed(transfer, 60_000);
        assertThat(line(progress, 2)).isEqualTo("60 kB  30.0 kB/s");
    }

    @Test
    void transfers_with_the_same_peer_are_counted_separately() {
        TransferProgressBar both = TransferProgressBar.start(false, 2);
        TransferListener one = both.transfer();
        TransferListener two = both.transfer();
        started(one, 100_000);
        started(two, 100_000);
        progressed(one, 50_000);
        progressed(two, 60_000);
        assertThat(line(both, 1)).contains(" 110/200 kB  55 %  110.0 kB/s");
        ended(two, 60_000); // failed
        assertThat(line(both, 1)).contains(" 110/160 kB  68 %  110.0 kB/s");
    }

    @Test
    void while_a_file_has_not_started_its_size_and_the_remaining_time_are_unknown() {
        TransferProgressBar three = TransferProgressBar.start(false, 3);
        TransferListener one = three.transfer();
        started(one, 15_000);
        ended(one, 15_000);
        three.ended(() -> {});
        TransferListener two = three.transfer();
        started(two, 15_000);
        assertThat(line(three, 1)).isEqualTo("1 of 3 files  15 kB  15.0 kB/s");
        three.transfer();
        assertThat(line(three, 1)).as("no reply to the third request").isEqualTo("1 of 3 files  15 kB  15.0 kB/s");
    }

    @Test
    void a_refused_file_does_not_hide_the_remaining_time_of_the_others() {
        TransferProgressBar two = TransferProgressBar.start(false, 2);
        TransferListener missing = two.transfer();
        missing.on(new TransferEvent.Requested(1, PEER, REQUEST));
        missing.on(new TransferEvent.Refused(
                1,
                PEER,
                REQUEST,
                RefusalReason.NOT_GRANTED,
                new TftpException(ErrorCode.FILE_NOT_FOUND, "file not found")));
        two.ended(() -> {});
        TransferListener other = two.transfer();
        started(other, 20_000);
        progressed(other, 10_000);
        assertThat(line(two, 1)).startsWith("1 of 2 files  [").endsWith("10/20 kB  50 %  10.0 kB/s  0:01 left");
        missing.on(new TransferEvent.Requested(1, PEER, REQUEST));
        assertThat(line(two, 1)).as("another attempt").isEqualTo("1 of 2 files  10 kB  10.0 kB/s");
    }

    @ParameterizedTest
    @CsvSource({
        "120, 0 of 6 files  [#######             ]  7/20 kB  37 %  1.3 kB/s  0:10 left",
        "80, 0 of 6 files  [#######             ]  7/20 kB  37 %  1.3 kB/s  0:10 left",
        "71, 0 of 6 files  7/20 kB  37 %  1.3 kB/s  0:10 left",
        "48, 0 of 6 files  37 %  1.3 kB/s  0:10 left",
        "39, 37 %  1.3 kB/s  0:10 left",
        "25, 1.3 kB/s  0:10 left",
        "9, 1.3 kB/s",
        "1, ''"
    })
    void a_narrow_terminal_keeps_rate_and_remaining_time(int columns, String expected) {
        TransferProgressBar six = TransferProgressBar.start(false, 6);
        for (int n = 0; n < 6; n++) {
            TransferListener transfer = six.transfer();
            started(transfer, n == 0 ? 15_000 : 1_000);
            progressed(transfer, n == 0 ? 7_400 : 0);
        }
        assertThat(StatusLine.fit(columns, six.forms(5.69))).isEqualTo(expected).hasSizeLessThan(columns);
    }

    @Test
    void a_second_attempt_counts_once() {
        TransferListener transfer = progress.transfer();
        started(transfer, 100_000);
        ended(transfer, 0);
        started(transfer, 100_000);
        progressed(transfer, 25_000);
        assertThat(line(progress, 1)).contains(" 25 % ");
    }

    @Test
    void a_server_that_does_not_answer_is_named_after_two_seconds() {
        TransferListener transfer = progress.transfer();
        transfer.on(new TransferEvent.Requested(1, PEER, REQUEST));
        transfer.on(new TransferEvent.RequestRepeated(1, PEER, REQUEST));
        transfer.on(new TransferEvent.RequestRepeated(1, PEER, REQUEST));
        assertThat(line(progress, 1.9)).isEqualTo("0 B  0.0 B/s");
        assertThat(progress.forms(12))
                .containsExactly(
                        "no answer yet from 192.0.2.1:69, request sent 3 times",
                        "no answer yet from 192.0.2.1:69",
                        "no answer yet");
        started(transfer, 1000);
        assertThat(line(progress, 13)).contains("0/1.0 kB");
    }

    @Test
    void a_running_transfer_hides_that_another_one_has_no_answer() {
        TransferProgressBar both = TransferProgressBar.start(false, 2);
        TransferListener one = both.transfer();
        both.transfer().on(new TransferEvent.Requested(2, PEER, REQUEST));
        started(one, 1000);
        assertThat(line(both, 12)).startsWith("0 of 2 files");
        ended(one, 1000);
        assertThat(line(both, 12)).isEqualTo("no answer yet from 192.0.2.1:69, request sent once");
    }
}
