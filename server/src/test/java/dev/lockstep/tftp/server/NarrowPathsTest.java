package dev.lockstep.tftp.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpMessage.ErrorMessage;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.server.storage.MemoryStorage;
import dev.lockstep.tftp.server.storage.WriteRules;
import dev.lockstep.tftp.testing.Counted;
import dev.lockstep.tftp.transfer.Limits;
import dev.lockstep.tftp.transfer.Outcome;
import dev.lockstep.tftp.transfer.TftpException;
import dev.lockstep.tftp.transfer.TransferEvent.Ended;
import dev.lockstep.tftp.transfer.TransferSettings;
import dev.lockstep.tftp.transfer.TransferStats;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class NarrowPathsTest {
    private static final long LONG = Duration.ofSeconds(30).toNanos();
    private static final InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.7", 2000);
    private static final Request READ = new ReadRequest("f", TransferMode.OCTET, Options.NONE);
    private static final Request WRITE = new WriteRequest("f", TransferMode.OCTET, Options.NONE);
    private static final TftpException SILENCE = new TftpException(ErrorCode.NOT_DEFINED, "timed out");

    private final Treatment usual = new Treatment(new MemoryStorage(1, WriteRules.READ_ONLY), Limits.DEFAULT);
    private long now;
    private final NarrowPaths paths = new NarrowPaths(() -> now);

    private static TransferSettings blocksOf(int blksize, long tsize) {
        return new TransferSettings(blksize, 4, Duration.ZERO, tsize, 0);
    }

    private void ended(Request request, TransferSettings settings, TransferStats stats, TftpException cause) {
        paths.on(new Ended(CLIENT, request, settings, stats, Outcome.FAILED, cause));
    }

    private void readInVain(TransferSettings settings, long nanos) {
        ended(READ, settings, Counted.ofBlocksInVain(settings, nanos), SILENCE);
    }

    private void writeInVain(TftpException cause) {
        TransferSettings settings = blocksOf(1428, 100_000);
        ended(WRITE, settings, Counted.ofOackInVain(settings, LONG), cause);
    }

    private int grantedTo(String host) throws TftpException {
        return paths.narrowing((request, peer) -> usual)
                .treat(READ, new InetSocketAddress(host, 3000))
                .limits()
                .blksize();
    }

    private boolean isNarrow() throws TftpException {
        return grantedTo("192.0.2.7") == 512;
    }

    @Test
    void a_client_that_took_the_options_and_never_a_block_is_granted_small_ones() throws TftpException {
        readInVain(blocksOf(1428, 100_000), LONG);
        assertThat(isNarrow()).isTrue();
        assertThat(grantedTo("192.0.2.8")).isEqualTo(Limits.DEFAULT.blksize());
    }

    @Test
    void a_file_of_unknown_size_is_no_exception() throws TftpException {
        readInVain(blocksOf(1428, -1), LONG);
        assertThat(isNarrow()).isTrue();
    }

    @Test
    void after_ten_minutes_large_blocks_are_tried_again() throws TftpException {
        readInVain(blocksOf(1428, 100_000), LONG);
        now = Duration.ofMinutes(10).toNanos() - 1;
        assertThat(isNarrow()).isTrue();
        now++;
        assertThat(isNarrow()).isFalse();
    }

    @Test
    void a_limit_that_is_lower_already_stays() throws TftpException {
        readInVain(blocksOf(1428, 100_000), LONG);
        Treatment tiny = usual.withLimits(Limits.DEFAULT.withBlksize(100));
        assertThat(paths.narrowing((request, peer) -> tiny).treat(READ, CLIENT)).isEqualTo(tiny);
    }

    @Test
    void small_blocks_that_get_no_answer_say_nothing_of_the_path() throws TftpException {
        readInVain(blocksOf(512, 100_000), LONG);
        assertThat(isNarrow()).isFalse();
    }

    @Test
    void f03_a_file_that_is_smaller_than_such_a_block_says_nothing_of_the_path() throws TftpException {
        readInVain(blocksOf(1428, 0), LONG);
        readInVain(blocksOf(1428, 512), LONG);
        assertThat(isNarrow()).isFalse();
    }

    @Test
    void who_leaves_soon_has_only_changed_its_mind() throws TftpException {
        readInVain(blocksOf(1428, 100_000), Duration.ofMillis(1999).toNanos());
        assertThat(isNarrow()).isFalse();
    }

    @Test
    void a_transfer_of_which_anything_arrived_says_nothing_of_the_path() throws TftpException {
        ended(READ, blocksOf(1428, 100_000), Counted.stats(1420, LONG), SILENCE);
        assertThat(isNarrow()).isFalse();
    }

    @Test
    void f09_options_that_nobody_took_say_nothing_of_the_path() throws TftpException {
        writeInVain(SILENCE);
        writeInVain(TftpException.fromPeer(new ErrorMessage(ErrorCode.OPTION_REFUSED.number(), "no")));
        assertThat(isNarrow()).isFalse();
    }

    @Test
    void a_client_that_says_that_its_upload_failed_is_granted_small_blocks() throws TftpException {
        writeInVain(TftpException.fromPeer(new ErrorMessage(0, "timed out")));
        assertThat(isNarrow()).isTrue();
    }
}
