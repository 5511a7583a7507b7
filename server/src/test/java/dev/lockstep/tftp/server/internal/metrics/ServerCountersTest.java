package dev.lockstep.tftp.server.internal.metrics;

import static dev.lockstep.tftp.testing.Requests.rrq;
import static dev.lockstep.tftp.testing.Requests.wrq;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.event.DropReason;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.event.RefusalReason;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.event.TransferEvent.Dropped;
import dev.lockstep.tftp.event.TransferEvent.Ended;
import dev.lockstep.tftp.event.TransferEvent.Progressed;
import dev.lockstep.tftp.event.TransferEvent.Refused;
import dev.lockstep.tftp.event.TransferEvent.Requested;
import dev.lockstep.tftp.event.TransferEvent.Started;
import dev.lockstep.tftp.negotiation.TransferSettings;
import dev.lockstep.tftp.server.ServerMetrics.OperationMetrics;
import dev.lockstep.tftp.testing.Counted;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class ServerCountersTest {
    private static final InetSocketAddress PEER = new InetSocketAddress("192.0.2.7", 2000);
    private static final TftpException ERROR = new TftpException(ErrorCode.NOT_DEFINED, "x");

    private final ServerCounters counters = new ServerCounters((request, peer) -> null);

    private void on(TransferEvent... events) {
        for (TransferEvent event : events) {
            counters.on(event);
        }
    }

    private static Started started(long id, Request request) {
        return new Started(id, PEER, request, TransferSettings.PLAIN, Options.NONE, Counted.stats(0, 0));
    }

    private static Ended ended(long id, Request request, Outcome outcome, int bytes) {
        return new Ended(id, PEER, request, TransferSettings.PLAIN, Counted.stats(bytes, 1), outcome, null);
    }

    @Test
    void transfers_are_counted_by_operation_and_outcome() {
        on(
                new Requested(1, PEER, rrq("a")),
                started(1, rrq("a")),
                new Requested(2, PEER, wrq("b")),
                started(2, wrq("b")),
                new Requested(3, PEER, rrq("c")),
                new Refused(3, PEER, rrq("c"), RefusalReason.STORAGE, ERROR),
                new Requested(4, PEER, rrq("d")),
                started(4, rrq("d")),
                ended(1, rrq("a"), Outcome.COMPLETE, 10),
                ended(4, rrq("d"), Outcome.FAILED, 5));
        OperationMetrics reads = counters.reads();
        assertThat(reads.requested()).isEqualTo(3);
        assertThat(reads.refused()).isEqualTo(1);
        assertThat(reads.started()).isEqualTo(2);
        assertThat(reads.running()).isZero();
        assertThat(reads.completed()).isEqualTo(1);
        assertThat(reads.failed()).isEqualTo(1);
        assertThat(reads.ended()).containsOnlyKeys(Outcome.values()).containsEntry(Outcome.EVICTED, 0L);
        assertThat(reads.bytes()).isEqualTo(15);
        assertThat(counters.writes().requested()).isEqualTo(1);
        assertThat(counters.writes().running()).isEqualTo(1);
    }

    @Test
    void progress_is_counted_once() {
        Request request = rrq("large");
        on(
                started(1, request),
                new Progressed(1, PEER, request, TransferSettings.PLAIN, Counted.stats(100, 1)),
                new Progressed(1, PEER, request, TransferSettings.PLAIN, Counted.stats(250, 1)));
        assertThat(counters.reads().bytes()).isEqualTo(250);
        on(started(2, request), ended(2, request, Outcome.COMPLETE, 7), ended(1, request, Outcome.FAILED, 300));
        assertThat(counters.reads().bytes()).isEqualTo(307);
    }

    @Test
    void refusals_and_drops_are_counted_by_reason() {
        on(
                new Refused(1, PEER, null, RefusalReason.MALFORMED, ERROR),
                new Refused(2, PEER, rrq("f"), RefusalReason.DENIED, ERROR),
                new Refused(3, PEER, wrq("f"), RefusalReason.DENIED, ERROR),
                new Dropped(PEER, DropReason.MALFORMED, "opcode 9"),
                new Dropped(PEER, DropReason.UNVALIDATED_RATE_LIMIT));
        assertThat(counters.refusals())
                .containsOnlyKeys(RefusalReason.values())
                .containsEntry(RefusalReason.MALFORMED, 1L)
                .containsEntry(RefusalReason.DENIED, 2L)
                .containsEntry(RefusalReason.STORAGE, 0L);
        assertThat(counters.drops())
                .containsOnlyKeys(DropReason.values())
                .containsEntry(DropReason.MALFORMED, 1L)
                .containsEntry(DropReason.UNVALIDATED_RATE_LIMIT, 1L)
                .containsEntry(DropReason.NOT_A_REQUEST, 0L);
        assertThat(counters.reads().refused()).isEqualTo(1);
        assertThat(counters.writes().refused()).isEqualTo(1);
    }

    @Test
    void durations_are_counted_in_buckets_once_per_transfer() {
        DurationHistogram histogram = new DurationHistogram(.001, .01);
        for (long nanos : new long[] {0, 1_000_000, 1_000_001, 10_000_000, 10_000_001, 5_000_000_000L}) {
            histogram.add(nanos);
        }
        assertThat(histogram.snapshot().counts()).containsExactly(2L, 2L, 2L);
        assertThat(histogram.snapshot().bounds()).containsExactly(.001, .01);
        assertThat(histogram.snapshot().sum()).isEqualTo(5.022000002);

        on(started(1, rrq("a")), ended(1, rrq("a"), Outcome.COMPLETE, 10));
        assertThat(counters.durations().counts().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .isEqualTo(1);
    }
}
