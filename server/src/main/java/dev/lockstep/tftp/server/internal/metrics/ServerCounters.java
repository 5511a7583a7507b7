package dev.lockstep.tftp.server.internal.metrics;

import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.event.DropReason;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.event.RefusalReason;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.event.TransferListener;
import dev.lockstep.tftp.event.TransferStats;
import dev.lockstep.tftp.server.ServerMetrics.OperationMetrics;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the events of transfers. Nothing is counted for each packet, except for dropped ones, and nothing is locked.
 */
@ThreadSafe
public final class ServerCounters implements TransferListener {
    private final OperationCounters reads = new OperationCounters();
    private final OperationCounters writes = new OperationCounters();
    private final EnumCounters<RefusalReason> refusals = new EnumCounters<>(RefusalReason.class);
    private final EnumCounters<DropReason> drops = new EnumCounters<>(DropReason.class);

    /** The part that is counted already of transfers that are long enough to report progress, by their numbers. */
    private final Map<Long, Reported> progress = new ConcurrentHashMap<>();

    private record Reported(long bytes, long retransmissions) {
        static final Reported NOTHING = new Reported(0, 0);
    }

    /** A counter for each constant of an enum. */
    private static final class EnumCounters<E extends Enum<E>> {
        private final Map<E, LongAdder> counters;

        EnumCounters(Class<E> type) {
            counters = new EnumMap<>(type);
            for (E constant : type.getEnumConstants()) {
                counters.put(constant, new LongAdder());
            }
        }

        void count(E constant) {
            counters.get(constant).increment();
        }

        Map<E, Long> snapshot() {
            Map<E, Long> counts =
                    new EnumMap<>(counters.keySet().iterator().next().getDeclaringClass());
            counters.forEach((constant, counter) -> counts.put(constant, counter.sum()));
            return counts;
        }
    }

    /** The counters of one operation. */
    private static final class OperationCounters {
        private final LongAdder requested = new LongAdder();
        private final LongAdder refused = new LongAdder();
        private final LongAdder started = new LongAdder();
        private final EnumCounters<Outcome> ended = new EnumCounters<>(Outcome.class);
        private final LongAdder bytes = new LongAdder();
        private final LongAdder retransmissions = new LongAdder();

        OperationMetrics snapshot() {
            Map<Outcome, Long> outcomes =
                    ended.snapshot(); // before the started ones, so that none runs less than never
            return new OperationMetrics(
                    requested.sum(), refused.sum(), started.sum(), outcomes, bytes.sum(), retransmissions.sum());
        }
    }

    @Override
    public void on(TransferEvent event) {
        if (event instanceof TransferEvent.Requested requested) {
            of(requested.request()).requested.increment();
        } else if (event instanceof TransferEvent.Refused refused) {
            refusals.count(refused.reason());
            if (refused.request() != null) {
                of(refused.request()).refused.increment();
            }
        } else if (event instanceof TransferEvent.Started started) {
            of(started.request()).started.increment();
        } else if (event instanceof TransferEvent.Progressed progressed) {
            Reported now =
                    new Reported(progressed.stats().bytes(), progressed.stats().resends());
            add(of(progressed.request()), now, progress.put(progressed.transferId(), now));
        } else if (event instanceof TransferEvent.Ended ended) {
            OperationCounters counters = of(ended.request());
            TransferStats stats = ended.stats();
            add(counters, new Reported(stats.bytes(), stats.resends()), progress.remove(ended.transferId()));
            counters.ended.count(ended.outcome());
        } else if (event instanceof TransferEvent.Dropped dropped) {
            drops.count(dropped.reason());
        }
    }

    private static void add(OperationCounters counters, Reported now, Reported before) {
        Reported known = before == null ? Reported.NOTHING : before;
        counters.bytes.add(now.bytes - known.bytes);
        counters.retransmissions.add(now.retransmissions - known.retransmissions);
    }

    private OperationCounters of(Request request) {
        return request instanceof ReadRequest ? reads : writes;
    }

    /** Returns the current counts of downloads. */
    public OperationMetrics reads() {
        return reads.snapshot();
    }

    /** Returns the current counts of uploads. */
    public OperationMetrics writes() {
        return writes.snapshot();
    }

    /** Returns the current counts of refused requests. */
    public Map<RefusalReason, Long> refusals() {
        return refusals.snapshot();
    }

    /** Returns the current counts of dropped datagrams. */
    public Map<DropReason, Long> drops() {
        return drops.snapshot();
    }
}
