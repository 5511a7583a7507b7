package dev.lockstep.tftp.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage;
import dev.lockstep.tftp.codec.TftpMessage.Ack;
import dev.lockstep.tftp.codec.TftpMessage.Data;
import dev.lockstep.tftp.codec.TftpMessage.ErrorMessage;
import dev.lockstep.tftp.codec.TftpMessage.OptionAck;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.negotiation.TransferSettings;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReceiverTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final OptionAck OACK = new OptionAck(Options.NONE.with("blksize", 512));

    private final RecordedWire wire = new RecordedWire();
    private final ByteStore store = new ByteStore();
    private long now;

    private Receiver receiver(int windowsize, TftpMessage opening) {
        return receiver(windowsize, opening, TransferLimits.DEFAULT, Source.UNKNOWN_SIZE);
    }

    private Receiver receiver(int windowsize, TftpMessage opening, TransferLimits limits, long tsize) {
        TransferSettings settings =
                TransferSettings.builder().windowsize(windowsize).tsize(tsize).build();
        RetransmissionTimer timer = new RetransmissionTimer(Duration.ZERO, new SplittableRandom(1));
        Receiver receiver = new Receiver(wire, settings, limits, timer, opening, store, now);
        receiver.start(now);
        return receiver;
    }

    private void data(Receiver receiver, int block, int length) {
        now += 1_000;
        receiver.receive(new Data(block, Unpooled.wrappedBuffer(new byte[length])), now);
    }

    private void passTimeout(Receiver receiver) {
        now = Math.max(now, wire.deadline);
        receiver.onDeadline(now);
    }

    private Receiver completed() {
        Receiver receiver = receiver(1, new Ack(0));
        data(receiver, 1, 512);
        data(receiver, 2, 5);
        receiver.stored(now);
        wire.taken();
        return receiver;
    }

    @Test
    void each_block_is_acknowledged_and_the_last_one_when_it_is_durable() {
        Receiver receiver = receiver(1, new Ack(0));
        data(receiver, 1, 512);
        assertThat(wire.taken()).containsExactly("ACK 0", "ACK 1");
        data(receiver, 2, 100);
        assertThat(wire.taken()).isEmpty();
        assertThat(store.commitAsked).isTrue();
        receiver.stored(now);
        assertThat(wire.taken()).containsExactly("ACK 2");
        assertThat(wire.outcome).isEqualTo(Outcome.COMPLETE);
        assertThat(wire.closed).isFalse();
        assertThat(store.content()).hasSize(612);
    }

    /** A sink or an allocation can throw an Error, after which the owner fails the transfer. */
    @ParameterizedTest
    @ValueSource(ints = {0, 512})
    void an_error_thrown_for_a_block_leaks_no_buffer(int stored) {
        UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(false);
        Receiver receiver = receiver(2, new Ack(0));
        store.limit = stored;
        receiver.receive(new Data(2, memory.buffer(512).writeZero(512)), now);
        Data missing = new Data(1, memory.buffer(512).writeZero(512));
        assertThatThrownBy(() -> receiver.receive(missing, now)).isInstanceOf(LinkageError.class);
        receiver.fail(new TftpException(ErrorCode.NOT_DEFINED, "internal error"), now);
        assertThat(memory.metric().usedHeapMemory()).isZero();
    }

    @Test
    @Tag("case-35")
    void case35_a_repeated_last_block_is_answered_only_once_the_file_is_durable() {
        Receiver receiver = receiver(1, new Ack(0));
        data(receiver, 1, 10);
        wire.taken();
        data(receiver, 1, 10);
        assertThat(wire.taken()).isEmpty();
        receiver.stored(now);
        data(receiver, 1, 10);
        assertThat(wire.taken()).containsExactly("ACK 1", "ACK 1");
        assertThat(store.content()).hasSize(10);
    }

    @Test
    @Tag("case-35")
    @Tag("case-36")
    void case35_and_36_a_file_that_cannot_be_made_durable_is_an_error_instead_of_the_ack() {
        Receiver receiver = receiver(1, new Ack(0));
        data(receiver, 1, 10);
        wire.taken();
        receiver.storeFailed(new TftpException(ErrorCode.DISK_FULL, "disk full"), now);
        assertThat(wire.taken()).containsExactly("ERROR 3");
        assertThat(wire.outcome).isEqualTo(Outcome.FAILED);
    }

    @Test
    @Tag("case-36")
    void case36_a_lost_error_of_a_failed_commit_is_repeated_for_a_repeated_last_block_while_dallying() {
        Receiver receiver = receiver(2, new Ack(0));
        for (int block = 1; block <= 3; block++) {
            data(receiver, block, block == 3 ? 10 : 512);
        }
        wire.taken();
        receiver.storeFailed(new TftpException(ErrorCode.DISK_FULL, "disk full"), now);
        assertThat(wire.taken()).containsExactly("ERROR 3");
        data(receiver, 1, 512);
        assertThat(wire.taken()).isEmpty();
        data(receiver, 3, 10);
        receiver.onRequestRepeated(now);
        assertThat(wire.taken()).containsExactly("ERROR 3", "ERROR 3");
        assertThat(wire.closed).isFalse();
        passTimeout(receiver);
        assertThat(wire.closed).isTrue();
        assertThat(wire.taken()).isEmpty();
    }

    @Test
    @Tag("case-36")
    void case36_a_store_that_fails_before_the_last_block_ends_it_at_once() {
        Receiver receiver = receiver(1, new Ack(0));
        data(receiver, 1, 512);
        wire.taken();
        receiver.storeFailed(new TftpException(ErrorCode.DISK_FULL, "disk full"), now);
        assertThat(wire.taken()).containsExactly("ERROR 3");
        assertThat(wire.closed).isTrue();
    }

    @Test
    @Tag("case-35")
    void case35_an_ack_held_back_in_the_last_window_is_not_sent_before_the_file_is_durable() {
        Receiver receiver = receiver(4, new Ack(0));
        data(receiver, 1, 512);
        wire.taken();
        store.room = false;
        data(receiver, 3, 512); // a gap, whose ACK is delayed
        data(receiver, 4, 10);
        data(receiver, 2, 512); // completes the file
        assertThat(store.commitAsked).isTrue();
        store.room = true;
        receiver.resume(now);
        assertThat(wire.taken()).isEmpty();
        receiver.stored(now);
        assertThat(wire.taken()).containsExactly("ACK 4");
    }

    @Test
    @Tag("case-17")
    void case17_a_repeated_oack_does_not_send_a_delayed_ack() {
        Receiver receiver = receiver(1, new Ack(0));
        store.room = false;
        data(receiver, 1, 512);
        wire.taken();
        receiver.receive(OACK, now);
        assertThat(wire.taken()).isEmpty();
        store.room = true;
        receiver.resume(now);
        assertThat(wire.taken()).containsExactly("ACK 1");
    }

    @Test
    @Tag("case-6")
    void case06_a_repeated_block_is_acknowledged_again_and_not_written_again() {
        Receiver receiver = receiver(1, new Ack(0));
        data(receiver, 1, 512);
        wire.taken();
        data(receiver, 1, 512);
        assertThat(wire.taken()).containsExactly("ACK 1");
        assertThat(store.content()).hasSize(512);
    }

    @Test
    @Tag("case-13")
    @Tag("case-F9")
    @Tag("case-41")
    void case13_and_41_and_f09_a_receiver_dallies_to_repeat_a_lost_last_ack() {
        Receiver receiver = completed();
        data(receiver, 2, 5);
        data(receiver, 3, 512);
        data(receiver, 1, 512);
        assertThat(wire.taken()).containsExactly("ACK 2");
        assertThat(wire.closed).isFalse();
        passTimeout(receiver);
        assertThat(wire.closed).isTrue();
        assertThat(wire.taken()).isEmpty();
    }

    /** The sender retransmits its last window, of which only the last block may get lost. */
    @Test
    @Tag("case-13")
    void case13_any_block_of_the_last_window_repeats_the_last_ack() {
        Receiver receiver = receiver(4, new Ack(0));
        for (int block = 1; block <= 6; block++) {
            data(receiver, block, block == 6 ? 5 : 512);
        }
        receiver.stored(now);
        wire.taken();
        data(receiver, 2, 512);
        data(receiver, 7, 512);
        assertThat(wire.taken()).isEmpty();
        data(receiver, 3, 512);
        data(receiver, 5, 512);
        assertThat(wire.taken()).containsExactly("ACK 6", "ACK 6");
    }

    @Test
    @Tag("case-13")
    void case13_with_a_negotiated_timeout_a_receiver_dallies_for_two_of_them_and_a_margin() {
        assertThat(dally(Duration.ofSeconds(4), TransferLimits.DEFAULT)).isEqualTo(9 * SECOND);
    }

    @Test
    @Tag("case-13")
    void case13_a_long_negotiated_timeout_does_not_extend_dallying_beyond_the_limit() {
        assertThat(dally(Duration.ofSeconds(255), TransferLimits.DEFAULT))
                .isEqualTo(TransferLimits.DEFAULT.dally().toNanos())
                .isBetween(10 * SECOND, 15 * SECOND);
    }

    @Test
    @Tag("case-13")
    void case13_a_client_dallies_for_three_seconds_with_any_negotiated_timeout() {
        TransferLimits client =
                TransferLimits.DEFAULT.withTimes(Duration.ZERO, Duration.ofSeconds(30), Duration.ofSeconds(3));
        assertThat(dally(Duration.ofSeconds(30), client)).isEqualTo(3 * SECOND);
    }

    /** Returns the nanoseconds from the end of an upload until the receiver closes. */
    private long dally(Duration agreed, TransferLimits limits) {
        TransferSettings settings = TransferSettings.builder().timeout(agreed).build();
        RetransmissionTimer timer = new RetransmissionTimer(agreed, new SplittableRandom(1));
        Receiver receiver = new Receiver(wire, settings, limits, timer, OACK, store, now);
        receiver.start(now);
        data(receiver, 1, 5);
        receiver.stored(now);
        assertThat(wire.closed).isFalse();
        return wire.deadline - now;
    }

    @Test
    @Tag("case-60")
    void case60_an_error_after_the_end_is_ignored() {
        Receiver receiver = completed();
        receiver.receive(new ErrorMessage(0, "closed"), now);
        assertThat(wire.taken()).isEmpty();
        assertThat(wire.closed).isFalse();
        assertThat(wire.outcome).isEqualTo(Outcome.COMPLETE);
    }

    @Test
    @Tag("case-66")
    void case66_a_write_request_repeated_after_the_end_is_answered_with_the_last_ack() {
        Receiver receiver = completed();
        receiver.onRequestRepeated(now);
        assertThat(wire.taken()).containsExactly("ACK 2");
    }

    @Test
    @Tag("case-2")
    @Tag("case-16")
    void case02_and_16_a_repeated_write_request_is_answered_with_the_same_oack() {
        Receiver receiver = receiver(1, OACK);
        receiver.onRequestRepeated(now);
        passTimeout(receiver);
        assertThat(wire.taken()).containsExactly("OACK blksize=512", "OACK blksize=512", "OACK blksize=512");
    }

    @Test
    @Tag("case-2")
    void case02_after_the_first_block_a_repeated_write_request_is_ignored() {
        Receiver receiver = receiver(1, OACK);
        data(receiver, 1, 512);
        wire.taken();
        receiver.onRequestRepeated(now);
        assertThat(wire.taken()).isEmpty();
    }

    @Test
    @Tag("case-17")
    void case17_a_repeated_oack_is_answered_with_the_last_ack() {
        Receiver receiver = receiver(1, new Ack(0));
        wire.taken();
        receiver.receive(OACK, now);
        assertThat(wire.taken()).containsExactly("ACK 0");
        data(receiver, 1, 512);
        wire.taken();
        receiver.receive(OACK, now);
        assertThat(wire.taken()).containsExactly("ACK 1");
    }

    @Test
    @Tag("case-39")
    void case39_a_block_longer_than_negotiated_is_error_4_and_not_written() {
        Receiver receiver = receiver(1, new Ack(0));
        data(receiver, 1, 513);
        assertThat(wire.taken()).containsExactly("ACK 0", "ERROR 4");
        assertThat(wire.outcome).isEqualTo(Outcome.FAILED);
        assertThat(store.content()).isEmpty();
        assertThat(store.commitAsked).isFalse();
    }

    @Test
    @Tag("case-43")
    void case43_a_gap_is_reported_once_and_later_blocks_are_kept() {
        Receiver receiver = receiver(8, new Ack(0));
        data(receiver, 1, 512);
        data(receiver, 2, 512);
        wire.taken();
        data(receiver, 4, 512);
        data(receiver, 5, 512);
        data(receiver, 6, 512);
        assertThat(wire.taken()).containsExactly("ACK 2");
        data(receiver, 3, 512);
        assertThat(wire.taken()).isEmpty();
        assertThat(store.content()).hasSize(6 * 512);
        data(receiver, 4, 512); // the sender continues after block 2
        data(receiver, 5, 512);
        data(receiver, 6, 512);
        data(receiver, 8, 512); // a second loss
        assertThat(wire.taken()).containsExactly("ACK 6");
        assertThat(store.content()).hasSize(6 * 512);
    }

    @Test
    void early_blocks_complete_their_window_and_their_duplicates_are_not_acknowledged() {
        Receiver receiver = receiver(4, new Ack(0));
        wire.taken();
        for (int block : new int[] {2, 3, 4, 1}) {
            data(receiver, block, 512);
        }
        assertThat(wire.taken()).containsExactly("ACK 0", "ACK 4");
        for (int block : new int[] {2, 3, 4}) {
            data(receiver, block, 512);
        }
        assertThat(wire.taken()).isEmpty();
        data(receiver, 4, 512); // that ACK was lost
        assertThat(wire.taken()).containsExactly("ACK 4");
        assertThat(store.content()).hasSize(4 * 512);
    }

    @Test
    void an_early_last_block_completes_the_file_when_the_missing_one_arrives() {
        Receiver receiver = receiver(8, new Ack(0));
        data(receiver, 3, 5);
        data(receiver, 4, 512); // after the end of the file
        data(receiver, 1, 512);
        assertThat(store.commitAsked).isFalse();
        data(receiver, 2, 512);
        assertThat(store.commitAsked).isTrue();
        receiver.stored(now);
        assertThat(wire.outcome).isEqualTo(Outcome.COMPLETE);
        assertThat(store.content()).hasSize(2 * 512 + 5);
    }

    @Test
    void early_blocks_are_released_when_the_transfer_fails() {
        Receiver receiver = receiver(8, new Ack(0));
        data(receiver, 2, 512);
        data(receiver, 3, 512);
        receiver.peerGone(now);
        assertThat(wire.outcome).isEqualTo(Outcome.FAILED);
    }

    @Test
    @Tag("case-44")
    void case44_blocks_of_a_repeated_window_are_dropped_up_to_the_last_acknowledged_one() {
        Receiver receiver = receiver(4, new Ack(0));
        for (int block = 1; block <= 4; block++) {
            data(receiver, block, 512);
        }
        assertThat(wire.taken()).containsExactly("ACK 0", "ACK 4");
        data(receiver, 1, 512);
        data(receiver, 2, 512);
        data(receiver, 3, 512);
        assertThat(wire.taken()).isEmpty();
        data(receiver, 4, 512);
        assertThat(wire.taken()).containsExactly("ACK 4");
        assertThat(store.content()).hasSize(4 * 512);
    }

    @Test
    void a_duplicate_inside_the_window_is_not_acknowledged() {
        Receiver receiver = receiver(4, new Ack(0));
        data(receiver, 1, 512);
        data(receiver, 2, 512);
        data(receiver, 2, 512);
        assertThat(wire.taken()).containsExactly("ACK 0");
    }

    @Test
    @Tag("case-45")
    void case45_the_short_block_ends_the_window() {
        Receiver receiver = receiver(16, new Ack(0));
        data(receiver, 1, 512);
        data(receiver, 2, 1);
        receiver.stored(now);
        assertThat(wire.taken()).containsExactly("ACK 0", "ACK 2");
    }

    @Test
    @Tag("case-46")
    void case46_a_receiver_acknowledges_an_incomplete_window_before_the_timeout_of_the_sender() {
        Receiver receiver = receiver(4, new Ack(0));
        data(receiver, 1, 512);
        data(receiver, 2, 512);
        wire.taken();
        assertThat(wire.deadline - now).isLessThan(SECOND);
        passTimeout(receiver);
        assertThat(wire.taken()).containsExactly("ACK 2");
    }

    @Test
    @Tag("case-9")
    void case09_a_lock_step_receiver_learns_that_1_follows_65535() {
        Receiver receiver = receiver(1, new Ack(0));
        for (int block = 1; block <= 65_535; block++) {
            data(receiver, block, 512);
        }
        wire.taken();
        data(receiver, 1, 512);
        data(receiver, 2, 3);
        receiver.stored(now);
        assertThat(wire.taken()).containsExactly("ACK 1", "ACK 2");
        assertThat(store.content()).hasSize(65_536 * 512 + 3);
    }

    @Test
    @Tag("case-11")
    void case11_an_empty_file_is_stored_as_one() {
        Receiver receiver = receiver(1, new Ack(0));
        data(receiver, 1, 0);
        assertThat(store.commitAsked).isTrue();
        receiver.stored(now);
        assertThat(wire.taken()).containsExactly("ACK 0", "ACK 1");
    }

    @Test
    @Tag("case-34")
    void case34_a_size_other_than_announced_is_accepted_unless_it_must_be_exact() {
        Receiver tolerant = receiver(1, OACK, TransferLimits.DEFAULT, 100);
        data(tolerant, 1, 90);
        assertThat(store.commitAsked).isTrue();

        RecordedWire other = new RecordedWire();
        ByteStore unpublished = new ByteStore();
        Receiver strict = new Receiver(
                other,
                TransferSettings.builder().tsize(100).build(),
                TransferLimits.DEFAULT.withExactSize(true),
                new RetransmissionTimer(Duration.ZERO, new SplittableRandom(1)),
                OACK,
                unpublished,
                now);
        strict.receive(new Data(1, Unpooled.wrappedBuffer(new byte[90])), now);
        assertThat(other.outcome).isEqualTo(Outcome.FAILED);
        assertThat(unpublished.commitAsked).isFalse();
        strict.receive(new Data(1, Unpooled.wrappedBuffer(new byte[90])), now);
        assertThat(other.taken()).as("repeated in case the first one was lost").containsExactly("ERROR 0", "ERROR 0");
    }

    @Test
    void without_room_in_the_sink_the_ack_is_delayed_and_the_idle_timeout_does_not_run() {
        Receiver receiver = receiver(1, new Ack(0));
        store.room = false;
        wire.taken();
        data(receiver, 1, 512);
        data(receiver, 1, 512);
        assertThat(wire.taken()).isEmpty();
        assertThat(wire.deadline).isEqualTo(Wire.NEVER);
        now += 100 * SECOND;
        store.room = true;
        receiver.resume(now);
        assertThat(wire.taken()).containsExactly("ACK 1");
        passTimeout(receiver);
        assertThat(wire.outcome).isNull();
    }

    @Test
    void a_client_that_refuses_the_oack_of_its_write_is_a_probe_and_no_failure() {
        Receiver receiver = receiver(1, OACK);
        receiver.receive(new ErrorMessage(8, "no"), now);
        assertThat(wire.outcome).isEqualTo(Outcome.PROBE);
        assertThat(wire.taken()).containsExactly("OACK blksize=512");
    }

    @Test
    @Tag("case-49")
    void case49_the_idle_timeout_of_a_receiver_sends_error_0() {
        Receiver receiver = receiver(1, new Ack(0));
        data(receiver, 1, 512);
        while (wire.outcome == null) {
            wire.taken();
            passTimeout(receiver);
        }
        assertThat(wire.outcome).isEqualTo(Outcome.FAILED);
        assertThat(wire.taken()).containsExactly("ERROR 0");
    }

    /** Otherwise a client that repeats the same upload from one port could never start it (case 66). */
    @Test
    @Tag("case-66")
    void case66_repeated_requests_do_not_extend_dallying_without_limit() {
        Receiver receiver = completed();
        long end = now + 2 * TransferLimits.DEFAULT.dally().toNanos();
        while (now < end) {
            now += 5 * SECOND;
            if (now >= wire.deadline) {
                receiver.onDeadline(now);
            }
            receiver.onRequestRepeated(now);
        }
        assertThat(wire.closed).isTrue();
    }
}
