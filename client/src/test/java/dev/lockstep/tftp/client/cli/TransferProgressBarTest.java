package dev.lockstep.tftp.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.event.TransferListener;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.negotiation.TransferSettings;
import dev.lockstep.tftp.testing.Counted;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class TransferProgressBarTest {
    private static final InetSocketAddress PEER = new InetSocketAddress("192.0.2.1", 69);
    private static final ReadRequest REQUEST = new ReadRequest("f", TransferMode.OCTET, Options.NONE);

    private final TransferProgressBar progress = TransferProgressBar.start(false);

    private static TransferSettings settings(long size) {
        return TransferSettings.builder()
                .blksize(1428)
                .windowsize(4)
                .tsize(size)
                .build();
    }

    private static void started(TransferListener transfer, long size) {
        transfer.on(new TransferEvent.Started(1, PEER, REQUEST, settings(size), Options.NONE));
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
        assertThat(progress.line(1)).isEqualTo("tftp 0% [                    ] 0.0 of 0.3 MB, 0.0 B/s");
        progressed(transfer, 65_000);
        assertThat(progress.line(25)).isEqualTo("tftp 25% [#####               ] 0.1 of 0.3 MB, 2.6 kB/s, 1:15 left");
        assertThat(progress.line(50)).as("nothing arrives").endsWith(", 1.3 kB/s, 2:30 left");
    }

    @Test
    void without_a_size_the_line_shows_bytes_and_rate() {
        TransferListener transfer = progress.transfer();
        started(transfer, Source.UNKNOWN_SIZE);
        progressed(transfer, 60_000);
        assertThat(progress.line(2)).isEqualTo("tftp 0.1 MB, 30.0 kB/s");
    }

    @Test
    void transfers_with_the_same_peer_are_counted_separately() {
        TransferListener one = progress.transfer();
        TransferListener two = progress.transfer();
        started(one, 100_000);
        started(two, 100_000);
        progressed(one, 50_000);
        progressed(two, 60_000);
        assertThat(progress.line(1)).contains(" 55% ", " 110.0 kB/s");
        ended(two, 60_000); // failed
        assertThat(progress.line(1)).contains(" 68% ", " 110.0 kB/s");
    }

    @Test
    void a_second_attempt_counts_once() {
        TransferListener transfer = progress.transfer();
        started(transfer, 100_000);
        ended(transfer, 0);
        started(transfer, 100_000);
        progressed(transfer, 25_000);
        assertThat(progress.line(1)).contains(" 25% ");
    }
}
