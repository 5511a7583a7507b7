package dev.lockstep.tftp.server.internal.http;

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
import dev.lockstep.tftp.event.RefusalReason;
import dev.lockstep.tftp.event.TransferEvent.Ended;
import dev.lockstep.tftp.event.TransferEvent.Refused;
import dev.lockstep.tftp.event.TransferEvent.Started;
import dev.lockstep.tftp.event.TransferStats;
import dev.lockstep.tftp.negotiation.TransferSettings;
import dev.lockstep.tftp.server.internal.http.RateHistory.Sample;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransferMonitorTest {
    private static final InetSocketAddress PEER = new InetSocketAddress("192.0.2.7", 2000);
    private static final long SECOND = 1_000_000_000;
    private static final TftpException NOT_FOUND =
            new TftpException(ErrorCode.FILE_NOT_FOUND, "file not found").because("no rule matches: /srv/f");

    private long now;
    private final TransferMonitor monitor =
            new TransferMonitor((request, peer) -> "rule of " + request.filename(), () -> now, () -> now / 1_000_000);

    /** Counters that the test sets. */
    private static final class Counters implements TransferStats {
        private long bytes;
        private long resends;

        @Override
        public long bytes() {
            return bytes;
        }

        @Override
        public long blocks() {
            return 0;
        }

        @Override
        public long resends() {
            return resends;
        }

        @Override
        public long duplicates() {
            return 0;
        }

        @Override
        public long malformed() {
            return 0;
        }

        @Override
        public long elapsed(long until) {
            return 3 * SECOND;
        }

        @Override
        public long firstByteAfter() {
            return -1;
        }
    }

    private static Request rrq(String name) {
        return new ReadRequest(name, TransferMode.OCTET, Options.NONE);
    }

    private static Request wrq(String name) {
        return new WriteRequest(name, TransferMode.OCTET, Options.NONE);
    }

    private Counters start(long id, Request request, long size) {
        Counters counters = new Counters();
        TransferSettings settings = TransferSettings.builder()
                .blksize(1428)
                .windowsize(16)
                .tsize(size)
                .build();
        monitor.on(new Started(id, PEER, request, settings, Options.NONE, counters));
        return counters;
    }

    private void end(long id, Request request, Counters counters, Outcome outcome, TftpException cause) {
        monitor.on(new Ended(id, PEER, request, TransferSettings.PLAIN, counters, outcome, cause));
    }

    private void refuse(String name) {
        monitor.on(new Refused(1, PEER, rrq(name), RefusalReason.STORAGE, NOT_FOUND));
    }

    private void afterOneSecond() {
        now += SECOND;
        monitor.sample();
    }

    private Sample lastRates() {
        return monitor.rates().last(1).get(0);
    }

    private List<EndedTransfer> recent() {
        return monitor.recent(0).stream().map(TransferMonitor.Numbered::entry).toList();
    }

    @Test
    void a_running_transfer_has_its_progress_and_a_smoothed_rate() {
        Counters counters = start(7, rrq("boot.img"), 4000);
        counters.bytes = 1000;
        counters.resends = 2;
        afterOneSecond();
        assertThat(monitor.running()).singleElement().satisfies(row -> {
            assertThat(row.part()).isEqualTo(0.25);
            assertThat(row.rate()).isEqualTo(1000);
            assertThat(row.resends()).isEqualTo(2);
            assertThat(row.rule()).isEqualTo("rule of boot.img");
            assertThat(monitor.ageOf(row)).isEqualTo(1);
        });
        afterOneSecond();
        assertThat(monitor.running())
                .singleElement()
                .satisfies(row ->
                        assertThat(row.rate()).as("nothing in this second").isEqualTo(400));
    }

    @Test
    void the_rate_of_a_transfer_without_progress_is_0_after_three_seconds() {
        start(1, rrq("boot.img"), 4000).bytes = 1000;
        for (int seconds = 0; seconds < 4; seconds++) {
            afterOneSecond();
        }
        assertThat(monitor.running()).extracting(RunningTransfer::rate).containsExactly(0.0);
    }

    @Test
    void the_size_is_not_known_if_no_size_or_an_upload_of_0_bytes_is_announced() {
        start(1, rrq("stream"), -1);
        start(2, wrq("log"), 0);
        start(3, rrq("empty"), 0);
        assertThat(monitor.running()).extracting(RunningTransfer::part).containsExactly(-1.0, -1.0, 1.0);
    }

    @Test
    void rates_and_sums_include_transfers_that_begin_and_end_between_two_samples() {
        Counters download = start(1, rrq("a"), 900);
        Counters upload = start(2, wrq("b"), 70);
        download.bytes = 900;
        download.resends = 1;
        end(1, rrq("a"), download, Outcome.COMPLETE, null);
        upload.bytes = 50;
        refuse("c");
        afterOneSecond();
        assertThat(lastRates()).isEqualTo(new Sample(1, 1000, 900, 50, 1, 1, 0, 1, 1));
        upload.bytes = 70;
        end(2, wrq("b"), upload, Outcome.FAILED, new TftpException(ErrorCode.NOT_DEFINED, "timed out"));
        afterOneSecond();
        assertThat(lastRates()).isEqualTo(new Sample(2, 2000, 0, 20, 0, 0, 1, 0, 0));
        assertThat(monitor.totals().sent).isEqualTo(900);
        assertThat(monitor.totals().received).isEqualTo(70);
        assertThat(monitor.totals().resent).isEqualTo(1);
    }

    @Test
    void the_last_entries_have_the_result_the_rule_and_the_reason_newest_first() {
        end(1, rrq("a"), start(1, rrq("a"), 0), Outcome.COMPLETE, null);
        TftpException fromPeer = TftpException.fromPeer(new ErrorMessage(3, "disk full"));
        end(2, rrq("b"), start(2, rrq("b"), 0), Outcome.FAILED, fromPeer);
        refuse("c");
        monitor.on(new Refused(4, PEER, null, RefusalReason.MALFORMED, NOT_FOUND));
        afterOneSecond();
        assertThat(recent())
                .extracting(EndedTransfer::result)
                .containsExactly("refused", "refused", "failed", "complete");
        assertThat(recent()).extracting(EndedTransfer::file).containsExactly(null, "c", "b", "a");
        assertThat(recent()).extracting(EndedTransfer::rule).containsExactly("", "rule of c", "rule of b", "rule of a");
        assertThat(recent())
                .extracting(EndedTransfer::reason)
                .containsExactly(
                        "file not found (no rule matches: /srv/f)",
                        "file not found (no rule matches: /srv/f)",
                        "peer sent ERROR 3 disk full",
                        null);
        assertThat(monitor.recent(3))
                .extracting(TransferMonitor.Numbered::number)
                .containsExactly(4L);
    }

    @Test
    void evicted_transfers_are_not_listed_because_their_source_addresses_are_probably_spoofed() {
        end(1, rrq("a"), start(1, rrq("a"), 0), Outcome.EVICTED, NOT_FOUND);
        afterOneSecond();
        assertThat(recent()).isEmpty();
        assertThat(monitor.running()).isEmpty();
        assertThat(monitor.clients().size()).isZero();
    }

    @Test
    void a_flood_of_100_000_names_displaces_no_failure_and_takes_bounded_memory() {
        Counters image = start(1, rrq("boot.img"), 0);
        image.bytes = 1_000_000;
        end(1, rrq("boot.img"), image, Outcome.FAILED, NOT_FOUND);
        afterOneSecond();
        List<Runnable> tasks = new ArrayList<>();
        monitor.useThread(tasks::add);
        for (int i = 0; i < 100_000; i++) {
            refuse(i + "/".repeat(10_000));
            if (i % 5000 == 0) {
                afterOneSecond();
            }
        }
        assertThat(tasks).as("the queue is never half full").isEmpty();
        afterOneSecond();
        assertThat(recent()).hasSize(TransferMonitor.RECENT + 1);
        assertThat(recent()).last().extracting(EndedTransfer::result).isEqualTo("failed");
        assertThat(recent())
                .allSatisfy(entry -> assertThat(entry.file()).hasSizeLessThanOrEqualTo(PeerText.MAX_LENGTH));
        assertThat(monitor.files().size()).isLessThan(512);
        assertThat(monitor.files().heaviest(1)).containsExactly(new TopList.Entry("boot.img", 1, 1_000_000, 1, 0));
        assertThat(monitor.clients().heaviest(9))
                .singleElement()
                .satisfies(client -> assertThat(client.problems()).isEqualTo(100_001));
        assertThat(monitor.unlisted()).isZero();
    }

    @Test
    void a_flood_that_the_thread_does_not_keep_up_with_is_counted_and_no_further_event_waits() {
        List<Runnable> tasks = new ArrayList<>();
        monitor.useThread(tasks::add);
        for (int i = 0; i < TransferMonitor.QUEUE + 100; i++) {
            refuse("f" + i);
        }
        assertThat(tasks).as("called once when half of the queue is full").hasSize(1);
        assertThat(monitor.unlisted()).isEqualTo(100);
        tasks.get(0).run();
        refuse("later");
        afterOneSecond();
        assertThat(recent().get(0).file()).isEqualTo("later");
        assertThat(lastRates().refused()).isEqualTo(TransferMonitor.QUEUE + 1);
    }

    @Test
    void rates_are_kept_for_five_minutes_and_numbered() {
        for (int i = 0; i < 400; i++) {
            afterOneSecond();
        }
        assertThat(monitor.rates().last(1000))
                .hasSize(300)
                .last()
                .extracting(Sample::number)
                .isEqualTo(400L);
        assertThat(monitor.rates().last(2)).extracting(Sample::number).containsExactly(399L, 400L);
    }

    @Test
    void the_top_list_is_that_of_the_last_hour() {
        Counters counters = start(1, rrq("old.img"), 0);
        counters.bytes = 10;
        end(1, rrq("old.img"), counters, Outcome.COMPLETE, null);
        afterOneSecond();
        assertThat(monitor.files().heaviest(9)).hasSize(1);
        for (int minutes = 0; minutes < 60; minutes += 10) {
            now += 600 * SECOND;
            monitor.sample();
        }
        assertThat(monitor.files().heaviest(9)).isEmpty();
    }
}
