package dev.lockstep.tftp.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.Ack;
import dev.lockstep.tftp.codec.TftpMessage.Data;
import dev.lockstep.tftp.codec.TftpMessage.ErrorMessage;
import dev.lockstep.tftp.codec.TftpMessage.OptionAck;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.negotiation.TransferSettings;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SenderTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final long MILLI = Duration.ofMillis(1).toNanos();

    private final RecordedWire wire = new RecordedWire();
    private ByteSupply supply;
    private long now;

    private Sender sender(int size, int blksize, int windowsize, Duration timeout, boolean oack) {
        supply = new ByteSupply(new byte[size], blksize);
        TransferSettings settings = TransferSettings.builder()
                .blksize(blksize)
                .windowsize(windowsize)
                .timeout(timeout)
                .tsize(size)
                .build();
        RetransmissionTimer timer = new RetransmissionTimer(timeout, new SplittableRandom(1));
        OptionAck first = oack ? new OptionAck(Options.NONE.with("tsize", size)) : null;
        Sender sender = new Sender(wire, settings, TransferLimits.DEFAULT, timer, first, supply, now);
        sender.start(now);
        return sender;
    }

    /**
     * Returns the nanoseconds until a sender reaches the idle timeout. Its peer has negotiated a timeout, acknowledged
     * the OACK, and sends nothing more.
     */
    private long idleTimeout(Duration agreed, TransferLimits limits) {
        supply = new ByteSupply(new byte[5_000], 512);
        TransferSettings settings =
                TransferSettings.builder().timeout(agreed).tsize(5_000).build();
        OptionAck oack = new OptionAck(Options.NONE.with("timeout", agreed.toSeconds()));
        Sender sender = new Sender(
                wire, settings, limits, new RetransmissionTimer(agreed, new SplittableRandom(1)), oack, supply, now);
        sender.start(now);
        ack(sender, 0);
        long begin = now;
        while (!wire.closed) {
            passTimeout(sender);
        }
        return now - begin;
    }

    private Sender plain(int size) {
        return sender(size, 512, 1, Duration.ZERO, false);
    }

    private void ack(Sender sender, int block) {
        now += MILLI;
        sender.receive(new Ack(block), now);
    }

    private void passTimeout(Sender sender) {
        now = Math.max(now, wire.deadline);
        sender.onDeadline(now);
    }

    private static List<String> data(int first, int last, int length) {
        List<String> all = new ArrayList<>();
        for (int n = first; n <= last; n++) {
            all.add("DATA " + n + " (" + length + ")");
        }
        return all;
    }

    @Test
    void a_file_is_sent_block_by_block_and_ends_with_a_short_one() {
        Sender sender = plain(1_000);
        assertThat(wire.taken()).containsExactly("DATA 1 (512)");
        ack(sender, 1);
        assertThat(wire.taken()).containsExactly("DATA 2 (488)");
        ack(sender, 2);
        assertThat(wire.outcome).isEqualTo(Outcome.COMPLETE);
        assertThat(wire.closed).isTrue();
        assertThat(sender.stats().bytes()).isEqualTo(1_000);
        assertThat(sender.stats().resends()).isZero();
    }

    @Test
    @Tag("case-11")
    void case11_an_empty_file_is_one_empty_block() {
        Sender sender = plain(0);
        assertThat(wire.taken()).containsExactly("DATA 1 (0)");
        ack(sender, 1);
        assertThat(wire.outcome).isEqualTo(Outcome.COMPLETE);
    }

    @Test
    @Tag("case-12")
    void case12_an_exact_multiple_ends_with_an_empty_block() {
        Sender sender = plain(1_024);
        ack(sender, 1);
        ack(sender, 2);
        assertThat(wire.outcome).isNull();
        ack(sender, 3);
        assertThat(wire.taken()).containsExactly("DATA 1 (512)", "DATA 2 (512)", "DATA 3 (0)");
        assertThat(wire.outcome).isEqualTo(Outcome.COMPLETE);
    }

    @Test
    @Tag("case-5")
    void case05_a_repeated_ack_sends_nothing() {
        Sender sender = plain(10_000);
        ack(sender, 1);
        wire.taken();
        ack(sender, 1);
        ack(sender, 1);
        assertThat(wire.taken()).isEmpty();
        assertThat(sender.stats().duplicates()).isEqualTo(2);
    }

    @Test
    @Tag("case-7")
    void case07_an_ack_of_a_block_not_sent_yet_changes_nothing() {
        Sender sender = plain(10_000);
        wire.taken();
        ack(sender, 2);
        ack(sender, 500);
        assertThat(wire.taken()).isEmpty();
        ack(sender, 1);
        assertThat(wire.taken()).containsExactly("DATA 2 (512)");
    }

    @Test
    @Tag("case-8")
    void case08_an_old_ack_after_the_window_moved_on_changes_nothing() {
        Sender sender = sender(512 * 40, 512, 4, Duration.ZERO, false);
        ack(sender, 4);
        ack(sender, 8);
        wire.taken();
        for (int old = 0; old < 8; old++) {
            ack(sender, old);
        }
        assertThat(wire.taken()).isEmpty();
    }

    @Test
    @Tag("case-9")
    @Tag("case-10")
    void case09_and_10_numbers_roll_over_to_0_inside_a_window() {
        Sender sender = sender(8 * 65_540, 8, 4, Duration.ZERO, false);
        for (int block = 4; block < 65_536; block += 4) {
            ack(sender, block);
        }
        wire.taken();
        ack(sender, 65_534); // inside the window: 65533 to 65536
        assertThat(wire.taken()).containsExactly("DATA 65535 (8)", "DATA 0 (8)", "DATA 1 (8)", "DATA 2 (8)");
        ack(sender, 2);
        assertThat(wire.taken()).containsExactly("DATA 3 (8)", "DATA 4 (8)", "DATA 5 (0)");
        ack(sender, 5);
        assertThat(wire.outcome).isEqualTo(Outcome.COMPLETE);
        assertThat(sender.stats().blocks()).isEqualTo(65_541);
    }

    @Test
    @Tag("case-14")
    @Tag("case-F9")
    void case14_and_f09_a_missing_last_ack_is_unconfirmed_and_no_error() {
        Sender sender = plain(100);
        while (wire.outcome == null) {
            passTimeout(sender);
        }
        assertThat(wire.outcome).isEqualTo(Outcome.UNCONFIRMED);
        assertThat(wire.taken()).isNotEmpty().allMatch("DATA 1 (100)"::equals);
    }

    @Test
    @Tag("case-15")
    @Tag("case-17")
    void case15_and_17_a_lost_oack_or_ack_0_repeats_the_identical_oack() {
        Sender sender = sender(100, 512, 1, Duration.ZERO, true);
        passTimeout(sender);
        passTimeout(sender);
        assertThat(wire.taken()).containsExactly("OACK tsize=100", "OACK tsize=100", "OACK tsize=100");
        ack(sender, 0);
        assertThat(wire.taken()).containsExactly("DATA 1 (100)");
    }

    @Test
    @Tag("case-1")
    void case01_a_repeated_request_before_any_ack_repeats_the_first_message() {
        Sender withOack = sender(100, 512, 1, Duration.ZERO, true);
        withOack.onRequestRepeated(now);
        assertThat(wire.taken()).containsExactly("OACK tsize=100", "OACK tsize=100");
        withOack.fail(new TftpException(ErrorCode.NOT_DEFINED, "end"), now);
    }

    @Test
    @Tag("case-F5")
    void f05_a_repeated_request_without_options_repeats_data_1_but_not_after_progress() {
        Sender sender = plain(2_000);
        sender.onRequestRepeated(now);
        assertThat(wire.taken()).containsExactly("DATA 1 (512)", "DATA 1 (512)");
        ack(sender, 1);
        wire.taken();
        sender.onRequestRepeated(now);
        assertThat(wire.taken()).isEmpty();
        sender.replaced(now);
        assertThat(wire.outcome).isEqualTo(Outcome.REPLACED);
        assertThat(wire.taken()).isEmpty();
    }

    @Test
    void an_evicted_transfer_sends_nothing_more() {
        Sender sender = sender(5_000, 512, 1, Duration.ZERO, true);
        wire.taken();
        sender.evicted(now);
        assertThat(wire.outcome).isEqualTo(Outcome.EVICTED);
        sender.evicted(now);
        assertThat(wire.taken()).isEmpty();
    }

    @Test
    @Tag("case-19")
    void case19_an_oack_answered_with_another_ack_than_0_changes_nothing() {
        Sender sender = sender(5_000, 512, 1, Duration.ZERO, true);
        wire.taken();
        ack(sender, 1);
        ack(sender, 2);
        assertThat(wire.taken()).isEmpty();
        passTimeout(sender);
        assertThat(wire.taken()).containsExactly("OACK tsize=5000");
    }

    @Test
    @Tag("case-18")
    @Tag("case-F1")
    @Tag("case-65")
    void case18_and_65_and_f01_error_8_after_the_oack_is_a_probe_and_is_not_answered() {
        Sender sender = sender(5_000, 512, 1, Duration.ZERO, true);
        wire.taken();
        sender.receive(new ErrorMessage(8, "no"), now);
        assertThat(wire.outcome).isEqualTo(Outcome.PROBE);
        assertThat(wire.taken()).isEmpty();
    }

    @Test
    @Tag("case-65")
    void case65_an_idle_timeout_after_the_oack_is_a_probe_and_sends_no_error() {
        Sender sender = sender(5_000, 512, 1, Duration.ZERO, true);
        while (wire.outcome == null) {
            passTimeout(sender);
        }
        assertThat(wire.outcome).isEqualTo(Outcome.PROBE);
        assertThat(wire.taken()).allMatch("OACK tsize=5000"::equals);
    }

    @Test
    @Tag("case-F3")
    void f03_a_second_ack_0_for_an_empty_file_sends_nothing_and_the_idle_timeout_no_error() {
        Sender sender = sender(0, 1_432, 1, Duration.ZERO, true);
        ack(sender, 0);
        ack(sender, 0);
        assertThat(wire.taken()).containsExactly("OACK tsize=0", "DATA 1 (0)");
        while (wire.outcome == null) {
            passTimeout(sender);
        }
        assertThat(wire.outcome).isEqualTo(Outcome.UNCONFIRMED);
        assertThat(wire.taken()).allMatch("DATA 1 (0)"::equals);
    }

    @Test
    @Tag("case-F4")
    void f04_error_0_in_the_middle_or_in_place_of_the_last_ack_is_no_failure() {
        Sender middle = plain(5_000);
        ack(middle, 1);
        middle.receive(new ErrorMessage(0, "closed"), now);
        assertThat(wire.outcome).isEqualTo(Outcome.STOPPED);

        RecordedWire other = new RecordedWire();
        Sender end = new Sender(
                other,
                TransferSettings.PLAIN,
                TransferLimits.DEFAULT,
                new RetransmissionTimer(Duration.ZERO, new SplittableRandom(1)),
                null,
                new ByteSupply(new byte[10], 512),
                now);
        end.start(now);
        end.receive(new ErrorMessage(0, "closed"), now);
        assertThat(other.outcome).isEqualTo(Outcome.UNCONFIRMED);
        assertThat(other.taken()).containsExactly("DATA 1 (10)");
    }

    @Test
    @Tag("case-F7")
    void f07_the_next_window_starts_after_any_ack_and_only_once() {
        Sender sender = sender(512 * 40, 512, 8, Duration.ZERO, false);
        wire.taken();
        ack(sender, 3); // the last block before a gap
        assertThat(wire.taken()).isEqualTo(data(4, 11, 512));
        for (int again = 0; again < 5; again++) {
            ack(sender, 3); // a duplicate for each block after the gap
        }
        assertThat(wire.taken()).isEmpty();
        ack(sender, 11);
        assertThat(wire.taken()).isEqualTo(data(12, 19, 512));
        sender.replaced(now);
    }

    @Test
    @Tag("case-F8")
    void f08_equal_timers_on_both_sides_cost_one_retransmission_for_a_loss() {
        Sender sender = sender(5_000, 512, 1, Duration.ofSeconds(1), false);
        wire.taken();
        passTimeout(sender);
        ack(sender, 0); // the client's timer fired at the same moment
        assertThat(wire.taken()).containsExactly("DATA 1 (512)");
        ack(sender, 1);
        ack(sender, 1);
        assertThat(wire.taken()).containsExactly("DATA 2 (512)");
        sender.replaced(now);
    }

    @Test
    @Tag("case-42")
    void case42_an_ack_inside_the_window_starts_a_new_window_there_once_for_each_loss() {
        Sender sender = sender(512 * 40, 512, 4, Duration.ZERO, false);
        assertThat(wire.taken()).isEqualTo(data(1, 4, 512));
        ack(sender, 2);
        assertThat(wire.taken()).isEqualTo(data(3, 6, 512));
        ack(sender, 2);
        assertThat(wire.taken()).isEmpty();
        assertThat(sender.stats().resends()).isEqualTo(2);
        sender.replaced(now);
    }

    @Test
    @Tag("case-14")
    void case14_a_last_window_that_is_never_acknowledged_is_a_failure() {
        Sender sender = sender(512 * 4 + 5, 512, 4, Duration.ZERO, false);
        ack(sender, 3);
        while (wire.outcome == null) {
            wire.taken();
            passTimeout(sender);
        }
        assertThat(wire.outcome).isEqualTo(Outcome.FAILED);
        assertThat(wire.taken()).containsExactly("ERROR 0");
    }

    @Test
    @Tag("case-14")
    void case14_only_the_last_block_of_a_window_may_be_unacknowledged() {
        Sender sender = sender(512 * 4 + 5, 512, 4, Duration.ZERO, false);
        ack(sender, 4);
        while (wire.outcome == null) {
            wire.taken();
            passTimeout(sender);
        }
        assertThat(wire.outcome).isEqualTo(Outcome.UNCONFIRMED);
        assertThat(wire.taken()).doesNotContain("ERROR 0");
    }

    @Test
    @Tag("case-F4")
    void f04_error_0_in_the_last_window_is_unconfirmed_only_for_the_last_block() {
        Sender early = sender(512 * 4 + 5, 512, 4, Duration.ZERO, false);
        ack(early, 3);
        early.receive(new ErrorMessage(0, "closed"), now);
        assertThat(wire.outcome).isEqualTo(Outcome.STOPPED);
    }

    @Test
    @Tag("case-45")
    void case45_a_window_wider_than_the_file_ends_with_the_short_block() {
        Sender sender = sender(600, 512, 16, Duration.ZERO, false);
        assertThat(wire.taken()).containsExactly("DATA 1 (512)", "DATA 2 (88)");
        ack(sender, 2);
        assertThat(wire.outcome).isEqualTo(Outcome.COMPLETE);
    }

    @Test
    @Tag("case-46")
    void case46_a_timeout_retransmits_the_window() {
        Sender sender = sender(512 * 40, 512, 2, Duration.ZERO, false);
        wire.taken();
        passTimeout(sender);
        assertThat(wire.taken()).containsExactly("DATA 1 (512)");
        passTimeout(sender); // the rest of the window, a pause later
        assertThat(wire.taken()).containsExactly("DATA 2 (512)");
        sender.replaced(now);
    }

    @Test
    @Tag("case-49")
    void case49_repeated_loss_halves_the_burst_backs_the_timer_off_and_ends_with_error_0() {
        Sender sender = sender(512 * 40, 512, 8, Duration.ZERO, false);
        wire.taken();
        List<Integer> bursts = new ArrayList<>();
        List<Long> timeouts = new ArrayList<>();
        while (wire.outcome == null) {
            long before = now;
            wire.taken();
            passTimeout(sender);
            if (now - before >= SECOND) {
                timeouts.add(now - before);
                bursts.add(wire.taken().size());
            }
        }
        assertThat(bursts).startsWith(4, 2, 1, 1);
        assertThat(timeouts.get(1)).isGreaterThan(timeouts.get(0));
        assertThat(Collections.max(timeouts)).isGreaterThanOrEqualTo(3 * SECOND);
        assertThat(wire.outcome).isEqualTo(Outcome.FAILED);
        assertThat(bursts).last().isEqualTo(1);
    }

    @Test
    @Tag("case-49")
    void case49_the_idle_timeout_of_a_sender_sends_error_0() {
        Sender sender = plain(10_000);
        while (wire.outcome == null) {
            wire.taken();
            passTimeout(sender);
        }
        assertThat(wire.taken()).containsExactly("ERROR 0");
    }

    @Test
    void a_burst_grows_back_when_windows_arrive() {
        Sender sender = sender(512 * 80, 512, 8, Duration.ZERO, false);
        passTimeout(sender); // 4 at once
        passTimeout(sender); // the other 4
        wire.taken();
        ack(sender, 8);
        assertThat(wire.taken()).isEqualTo(data(9, 16, 512));
        sender.replaced(now);
    }

    @Test
    void the_idle_timeout_does_not_run_while_the_local_disk_is_read() {
        Sender sender = plain(5_000);
        supply.ready = 0;
        ack(sender, 1);
        wire.taken();
        assertThat(wire.deadline).isEqualTo(Wire.NEVER);
        now += 100 * SECOND;
        supply.ready = Integer.MAX_VALUE;
        sender.resume(now);
        assertThat(wire.taken()).containsExactly("DATA 2 (512)");
        passTimeout(sender);
        assertThat(wire.outcome).isNull();
        sender.replaced(now);
    }

    @Test
    void the_time_for_which_a_window_waits_for_the_local_disk_is_not_part_of_the_round_trip() {
        Sender sender = sender(512 * 80, 512, 4, Duration.ZERO, false);
        supply.ready = 2;
        ack(sender, 4);
        now += 5 * SECOND;
        supply.ready = Integer.MAX_VALUE;
        sender.resume(now);
        ack(sender, 8);
        assertThat(wire.taken()).isEqualTo(data(1, 12, 512));
        assertThat(wire.deadline - now).as("timeout at a round trip of 1 ms").isLessThan(50 * MILLI);
        sender.replaced(now);
    }

    @Test
    @Tag("case-50")
    void case50_port_unreachable_ends_the_transfer_without_an_error() {
        Sender sender = plain(5_000);
        wire.taken();
        sender.peerGone(now);
        assertThat(wire.outcome).isEqualTo(Outcome.FAILED);
        assertThat(wire.taken()).isEmpty();
    }

    @Test
    @Tag("case-4")
    @Tag("case-60")
    void case04_and_60_messages_after_the_end_are_dropped() {
        Sender sender = plain(10);
        ack(sender, 1);
        wire.taken();
        sender.receive(new ErrorMessage(0, "late"), now);
        sender.receive(new Ack(1), now);
        sender.receive(new Data(1, Unpooled.buffer().writeByte(1)), now);
        assertThat(wire.taken()).isEmpty();
        assertThat(wire.outcome).isEqualTo(Outcome.COMPLETE);
    }

    @Test
    void data_during_a_download_is_ignored() {
        Sender sender = plain(5_000);
        wire.taken();
        sender.receive(new Data(1, Unpooled.buffer().writeByte(1)), now);
        assertThat(wire.taken()).isEmpty();
        sender.replaced(now);
    }

    @Test
    @Tag("case-28")
    void case28_a_negotiated_timeout_is_applied_exactly() {
        Sender sender = sender(5_000, 512, 1, Duration.ofSeconds(3), false);
        for (int i = 0; i < 3; i++) {
            assertThat(wire.deadline - now).isEqualTo(3 * SECOND);
            passTimeout(sender);
        }
        sender.replaced(now);
    }

    @Test
    @Tag("case-28")
    void case28_a_negotiated_timeout_allows_several_retransmissions() {
        assertThat(idleTimeout(Duration.ofSeconds(20), TransferLimits.DEFAULT)).isEqualTo(80 * SECOND);
    }

    @Test
    @Tag("case-28")
    void case28_a_negotiated_timeout_extends_the_idle_timeout_to_at_most_two_minutes() {
        assertThat(idleTimeout(Duration.ofSeconds(255), TransferLimits.DEFAULT)).isEqualTo(120 * SECOND);
    }

    @Test
    @Tag("case-28")
    void case28_a_long_configured_timeout_does_not_shorten_the_idle_timeout() {
        Duration longest = Duration.ofSeconds(255);
        TransferLimits configured = TransferLimits.DEFAULT.withTimes(longest, Duration.ofSeconds(30), Duration.ZERO);
        assertThat(idleTimeout(longest, configured)).isEqualTo(1020 * SECOND);
    }
}
