package dev.lockstep.tftp.event;

import static dev.lockstep.tftp.testing.Requests.rrq;
import static dev.lockstep.tftp.testing.Requests.wrq;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ErrorMessage;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.negotiation.TransferSettings;
import dev.lockstep.tftp.testing.Counted;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TransferEventTest {
    private static final InetSocketAddress PEER = new InetSocketAddress("192.0.2.7", 2000);
    private static final TftpException NOT_FOUND = new TftpException(ErrorCode.FILE_NOT_FOUND, "file not found");

    @Test
    void an_event_prints_itself_as_a_line_with_the_number_of_its_transfer() {
        Options options = Options.NONE.with("blksize", "1428");
        assertThat(new TransferEvent.Requested(17, PEER, new ReadRequest("pxe.0", TransferMode.OCTET, options)))
                .hasToString("#17 192.0.2.7:2000 read pxe.0 requested: " + options);
        assertThat(new TransferEvent.RequestRepeated(17, PEER, rrq("f")))
                .hasToString("#17 192.0.2.7:2000 read f requested again");
        assertThat(new TransferEvent.Refused(18, PEER, rrq("f"), RefusalReason.STORAGE, NOT_FOUND.because("/srv/f")))
                .hasToString("#18 192.0.2.7:2000 read f refused: file not found (/srv/f)");
        assertThat(new TransferEvent.Refused(18, PEER, null, RefusalReason.MALFORMED, NOT_FOUND))
                .hasToString("#18 192.0.2.7:2000 (malformed request) refused: file not found");
        assertThat(new TransferEvent.Started(
                        19, PEER, wrq("f"), TransferSettings.PLAIN, Options.NONE, Counted.stats(0, 0)))
                .hasToString("#19 192.0.2.7:2000 write f started: blksize 512, windowsize 1");
        assertThat(new TransferEvent.Progressed(
                        19, PEER, wrq("f"), TransferSettings.PLAIN, Counted.stats(100, 500_000_000)))
                .hasToString("#19 192.0.2.7:2000 write f so far: 100 bytes");
        assertThat(new TransferEvent.PmtuBlackHoleFound(20, PEER, rrq("f"), Duration.ofMinutes(10)))
                .hasToString("#20 192.0.2.7:2000 read f PMTU black hole: granting small blocks for 10 min");
        assertThat(new TransferEvent.Dropped(PEER, DropReason.NOT_A_REQUEST))
                .hasToString("192.0.2.7:2000 dropped: not a request");
        assertThat(new TransferEvent.Dropped(PEER, DropReason.MALFORMED, "opcode 9\n").transferId())
                .isZero();
    }

    @Test
    void the_end_of_a_transfer_prints_its_figures_and_its_outcome() {
        assertThat(ended(Outcome.COMPLETE, null))
                .hasToString("#21 192.0.2.7:2000 read f 100 bytes in 0.500 s, 200.0 B/s, blksize 512, windowsize 1,"
                        + " resends 0: complete");
        assertThat(ended(Outcome.FAILED, NOT_FOUND).toString()).endsWith(": failed (file not found)");
        TftpException unexpected = TftpException.of(new IOException("disk\n"));
        assertThat(ended(Outcome.FAILED, unexpected).toString())
                .endsWith(": failed (internal error (java.io.IOException: disk\\x0a))");
        TftpException fromPeer = TftpException.fromPeer(new ErrorMessage(3, "full\u001b[2J"));
        assertThat(ended(Outcome.FAILED, fromPeer).toString()).endsWith(": failed (peer sent ERROR 3 full\\x1b[2J)");
        assertThat(ended(Outcome.COMPLETE, null).afterBlackHole().transferId()).isEqualTo(21);
    }

    private static TransferEvent.Ended ended(Outcome outcome, TftpException cause) {
        return new TransferEvent.Ended(
                21, PEER, rrq("f"), TransferSettings.PLAIN, Counted.stats(100, 500_000_000), outcome, cause);
    }

    @Test
    void names_and_texts_of_peers_are_escaped() {
        assertThat(new TransferEvent.RequestRepeated(1, PEER, rrq("a\nb")).toString())
                .contains("read a\\x0ab ");
        assertThat(new TransferEvent.Dropped(PEER, DropReason.MALFORMED, "x\r").toString())
                .endsWith("x\\x0d");
    }
}
