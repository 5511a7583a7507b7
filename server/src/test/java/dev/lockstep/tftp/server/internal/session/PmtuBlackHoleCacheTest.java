package dev.lockstep.tftp.server.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ErrorMessage;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.event.TransferEvent.Ended;
import dev.lockstep.tftp.event.TransferEvent.PmtuBlackHoleFound;
import dev.lockstep.tftp.event.TransferStats;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.negotiation.TransferSettings;
import dev.lockstep.tftp.server.RequestSettings;
import dev.lockstep.tftp.server.storage.MemoryStorage;
import dev.lockstep.tftp.server.storage.WriteRules;
import dev.lockstep.tftp.testing.Counted;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PmtuBlackHoleCacheTest {
    private static final long LONG = Duration.ofSeconds(30).toNanos();
    private static final InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.7", 2000);
    private static final Request READ = new ReadRequest("f", TransferMode.OCTET, Options.NONE);
    private static final Request WRITE = new WriteRequest("f", TransferMode.OCTET, Options.NONE);
    private static final TftpException SILENCE = TftpException.timedOut();

    private final RequestSettings usual =
            new RequestSettings(new MemoryStorage(1, WriteRules.READ_ONLY), TransferLimits.DEFAULT);
    private static final TransferSettings LARGE = blocksOf(1428, 100_000);

    private long now;
    private final List<TransferEvent> events = new ArrayList<>();
    private final PmtuBlackHoleCache paths = new PmtuBlackHoleCache(() -> now, events::add);

    private static TransferSettings blocksOf(int blksize, long tsize) {
        return TransferSettings.builder()
                .blksize(blksize)
                .windowsize(4)
                .tsize(tsize)
                .build();
    }

    private void ended(Request request, TransferSettings settings, TransferStats stats, TftpException cause) {
        paths.on(new Ended(1, CLIENT, request, settings, stats, Outcome.FAILED, cause));
    }

    private void readInVain(TransferSettings settings, long nanos, TftpException cause) {
        ended(READ, settings, Counted.ofBlocksInVain(settings, nanos), cause);
    }

    private void readInVain(TransferSettings settings) {
        readInVain(settings, LONG, SILENCE);
    }

    private void largeBlocksPass() {
        paths.on(new Ended(1, CLIENT, READ, LARGE, Counted.stats(1420, LONG), Outcome.COMPLETE, null));
    }

    private int grantedTo(String host) throws TftpException {
        return paths.withSmallBlocks((request, peer) -> usual)
                .resolve(READ, new InetSocketAddress(host, 3000))
                .limits()
                .blksize();
    }

    private boolean isNarrow() throws TftpException {
        return grantedTo("192.0.2.7") == 512;
    }

    @Test
    void two_downloads_without_an_acknowledged_block_make_the_server_grant_small_blocks() throws TftpException {
        readInVain(LARGE);
        readInVain(LARGE);
        assertThat(isNarrow()).isTrue();
        assertThat(grantedTo("192.0.2.8")).isEqualTo(TransferLimits.DEFAULT.blksize());
    }

    @Test
    void a_black_hole_is_reported_once() {
        for (int i = 0; i < 5; i++) {
            readInVain(LARGE);
        }
        assertThat(events).containsExactly(new PmtuBlackHoleFound(1, CLIENT, READ, Duration.ofMinutes(10)));
    }

    @Test
    void the_settings_of_a_slowed_transfer_name_the_black_hole() throws TftpException {
        readInVain(LARGE);
        assertThat(paths.withSmallBlocks((request, peer) -> usual)
                        .resolve(READ, CLIENT)
                        .blackHole())
                .isFalse();
        readInVain(LARGE);
        assertThat(paths.withSmallBlocks((request, peer) -> usual)
                        .resolve(READ, CLIENT)
                        .blackHole())
                .isTrue();
    }

    @Test
    void one_silent_client_behind_nat_does_not_slow_the_others() throws TftpException {
        readInVain(LARGE);
        assertThat(isNarrow()).isFalse();
    }

    @Test
    void silent_clients_behind_nat_do_not_slow_the_others_while_large_blocks_are_acknowledged() throws TftpException {
        largeBlocksPass();
        readInVain(LARGE);
        readInVain(LARGE);
        assertThat(isNarrow()).isFalse();
        now = Duration.ofMinutes(10).toNanos();
        readInVain(LARGE);
        largeBlocksPass();
        readInVain(LARGE);
        assertThat(isNarrow()).isFalse();
    }

    @Test
    void an_acknowledged_large_block_ends_the_black_hole() throws TftpException {
        readInVain(LARGE);
        readInVain(LARGE);
        largeBlocksPass();
        assertThat(isNarrow()).isFalse();
    }

    @Test
    void an_error_of_the_client_is_no_evidence() throws TftpException {
        for (ErrorCode code : ErrorCode.values()) {
            readInVain(LARGE, LONG, TftpException.fromPeer(new ErrorMessage(code.number(), "no")));
        }
        assertThat(isNarrow()).isFalse();
    }

    @Test
    void an_unreachable_port_and_an_eviction_are_no_evidence() throws TftpException {
        readInVain(LARGE, LONG, new TftpException(ErrorCode.NOT_DEFINED, "peer is gone (port unreachable)"));
        readInVain(LARGE, LONG, new TftpException(ErrorCode.NOT_DEFINED, "evicted in favour of a new request"));
        assertThat(isNarrow()).isFalse();
    }

    @Test
    void a_transfer_replaced_by_a_new_request_is_evidence() throws TftpException {
        TftpException replaced = new TftpException(ErrorCode.NOT_DEFINED, "replaced by a new request");
        for (int i = 0; i < 2; i++) {
            TransferStats stats = Counted.ofBlocksInVain(LARGE, LONG);
            paths.on(new Ended(1, CLIENT, READ, LARGE, stats, Outcome.REPLACED, replaced));
        }
        assertThat(isNarrow()).isTrue();
    }

    @Test
    void a_file_of_unknown_size_is_evidence() throws TftpException {
        readInVain(blocksOf(1428, -1));
        readInVain(blocksOf(1428, -1));
        assertThat(isNarrow()).isTrue();
    }

    @Test
    void large_blocks_are_tried_again_after_ten_minutes() throws TftpException {
        readInVain(LARGE);
        readInVain(LARGE);
        now = Duration.ofMinutes(10).toNanos() - 1;
        assertThat(isNarrow()).isTrue();
        now++;
        assertThat(isNarrow()).isFalse();
    }

    @Test
    void a_lower_blksize_limit_stays() throws TftpException {
        readInVain(LARGE);
        readInVain(LARGE);
        RequestSettings tiny = usual.withLimits(TransferLimits.DEFAULT.withBlksize(100));
        assertThat(paths.withSmallBlocks((request, peer) -> tiny).resolve(READ, CLIENT))
                .isEqualTo(tiny);
    }

    @Test
    void small_blocks_without_ack_are_no_evidence() throws TftpException {
        readInVain(blocksOf(512, 100_000));
        readInVain(blocksOf(512, 100_000));
        assertThat(isNarrow()).isFalse();
    }

    @Test
    @Tag("case-F3")
    void f03_a_file_smaller_than_a_large_block_is_no_evidence() throws TftpException {
        readInVain(blocksOf(1428, 0));
        readInVain(blocksOf(1428, 512));
        assertThat(isNarrow()).isFalse();
    }

    @Test
    void a_transfer_that_ends_early_is_no_evidence() throws TftpException {
        for (int i = 0; i < 2; i++) {
            readInVain(LARGE, Duration.ofMillis(1999).toNanos(), SILENCE);
        }
        assertThat(isNarrow()).isFalse();
    }

    @Test
    void a_transfer_with_an_acknowledged_block_is_no_evidence() throws TftpException {
        ended(READ, LARGE, Counted.stats(1420, LONG), SILENCE);
        ended(READ, LARGE, Counted.stats(1420, LONG), SILENCE);
        assertThat(isNarrow()).isFalse();
    }

    @Test
    @Tag("case-F9")
    void f09_an_upload_without_data_is_no_evidence() throws TftpException {
        for (int i = 0; i < 2; i++) {
            ended(WRITE, LARGE, Counted.ofOackInVain(LARGE, LONG), SILENCE);
            ended(WRITE, LARGE, Counted.ofOackInVain(LARGE, LONG), TftpException.fromPeer(new ErrorMessage(0, "no")));
        }
        assertThat(isNarrow()).isFalse();
    }
}
