package dev.lockstep.tftp.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpMessage.Ack;
import dev.lockstep.tftp.codec.TftpMessage.Data;
import dev.lockstep.tftp.codec.TftpMessage.OptionAck;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.negotiation.TransferSettings;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** Tests that the shorter timeout for the first block applies only where the block may exceed the path MTU. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class PmtuBlackHoleTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final TransferLimits SHORT_FIRST_BLOCK =
            TransferLimits.DEFAULT.withFirstBlockTimeout(Duration.ofSeconds(6));

    private final RecordedWire wire = new RecordedWire();
    private long now;

    private static TransferSettings blocksOf(int blksize, long tsize, Duration timeout) {
        return TransferSettings.builder()
                .blksize(blksize)
                .windowsize(4)
                .timeout(timeout)
                .tsize(tsize)
                .build();
    }

    private static TransferSettings blocksOf(int blksize) {
        return blocksOf(blksize, 100_000, Duration.ZERO);
    }

    private static RetransmissionTimer timerFor(TransferSettings settings) {
        return new RetransmissionTimer(settings.timeout(), new SplittableRandom(1));
    }

    private Receiver receiver(TransferSettings settings, TransferLimits limits) {
        Receiver receiver = new Receiver(wire, settings, limits, timerFor(settings), new Ack(0), new ByteStore(), now);
        receiver.start(now);
        return receiver;
    }

    private Sender sender(TransferSettings settings, TransferLimits limits, OptionAck oack) {
        ByteSupply supply = new ByteSupply(new byte[100_000], settings.blksize());
        Sender sender = new Sender(wire, settings, limits, timerFor(settings), oack, supply, now);
        sender.start(now);
        return sender;
    }

    /** Returns the seconds until the transfer times out. */
    private long secondsUntilTimeout(Transfer transfer) {
        long since = now;
        while (wire.outcome == null) {
            now = wire.deadline;
            transfer.onDeadline(now);
        }
        return (now - since) / SECOND;
    }

    @Test
    void a_first_large_block_that_does_not_arrive_times_out_early() {
        Receiver receiver = receiver(blocksOf(1428), SHORT_FIRST_BLOCK);
        assertThat(secondsUntilTimeout(receiver)).isEqualTo(6);
        assertThat(PmtuBlackHole.isSuspected(receiver.settings(), receiver.stats()))
                .isTrue();
    }

    @Test
    void a_first_large_block_that_is_not_acknowledged_times_out_early() {
        Sender sender = sender(blocksOf(1428), SHORT_FIRST_BLOCK, null);
        assertThat(secondsUntilTimeout(sender)).isBetween(6L, 9L);
        assertThat(PmtuBlackHole.isSuspected(sender.settings(), sender.stats())).isTrue();
    }

    @Test
    void a_timeout_of_a_small_file_sends_an_error() {
        TransferSettings settings = blocksOf(1428, 1000, Duration.ZERO);
        ByteSupply supply = new ByteSupply(new byte[1000], 1428);
        Sender sender = new Sender(wire, settings, SHORT_FIRST_BLOCK, timerFor(settings), null, supply, now);
        sender.start(now);
        secondsUntilTimeout(sender);
        assertThat(wire.outcome).isEqualTo(Outcome.FAILED);
        assertThat(wire.taken()).last().isEqualTo("ERROR 0");
    }

    @Test
    void without_a_first_block_timeout_the_idle_timeout_applies() {
        assertThat(secondsUntilTimeout(receiver(blocksOf(1428), TransferLimits.DEFAULT)))
                .isEqualTo(30);
    }

    @Test
    void the_idle_timeout_applies_to_a_small_block() {
        Receiver receiver = receiver(blocksOf(512), SHORT_FIRST_BLOCK);
        assertThat(secondsUntilTimeout(receiver)).isEqualTo(30);
        assertThat(PmtuBlackHole.isSuspected(receiver.settings(), receiver.stats()))
                .isFalse();
    }

    @Test
    void the_idle_timeout_applies_to_a_file_smaller_than_a_safe_block() {
        Receiver receiver = receiver(blocksOf(1428, 512, Duration.ZERO), SHORT_FIRST_BLOCK);
        assertThat(secondsUntilTimeout(receiver)).isEqualTo(30);
        assertThat(PmtuBlackHole.isSuspected(receiver.settings(), receiver.stats()))
                .isFalse();
    }

    @Test
    void after_the_first_block_the_idle_timeout_applies() {
        Receiver receiver = receiver(blocksOf(1428), SHORT_FIRST_BLOCK);
        receiver.receive(new Data(1, Unpooled.wrappedBuffer(new byte[1428])), now);
        assertThat(secondsUntilTimeout(receiver)).isEqualTo(30);
        assertThat(PmtuBlackHole.isSuspected(receiver.settings(), receiver.stats()))
                .isFalse();
    }

    @Test
    void a_negotiated_timeout_allows_several_retransmissions() {
        assertThat(secondsUntilTimeout(receiver(blocksOf(1428, 100_000, Duration.ofSeconds(5)), SHORT_FIRST_BLOCK)))
                .isEqualTo(20);
    }

    @Test
    void without_a_first_block_timeout_the_idle_timeout_applies_to_an_unanswered_oack() {
        Sender sender =
                sender(blocksOf(1428), TransferLimits.DEFAULT, new OptionAck(Options.NONE.with("blksize", 1428)));
        assertThat(secondsUntilTimeout(sender)).isBetween(30L, 33L);
        assertThat(wire.outcome).isEqualTo(Outcome.PROBE);
    }

    @Test
    void a_late_timer_retransmits_before_it_times_out() {
        Receiver receiver = receiver(blocksOf(1428), SHORT_FIRST_BLOCK);
        now += 7 * SECOND;
        receiver.onDeadline(now);
        assertThat(wire.outcome).isNull();
        assertThat(secondsUntilTimeout(receiver)).isZero();
        assertThat(PmtuBlackHole.isSuspected(receiver.settings(), receiver.stats()))
                .isTrue();
    }

    @Test
    void a_single_transmission_is_not_suspected() {
        Receiver receiver = receiver(blocksOf(1428), SHORT_FIRST_BLOCK);
        receiver.peerGone(now);
        assertThat(PmtuBlackHole.isSuspected(receiver.settings(), receiver.stats()))
                .isFalse();
    }
}
