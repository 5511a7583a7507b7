package dev.lockstep.tftp.server.internal.metrics;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.event.DropReason;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.event.RefusalReason;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.event.TransferListener;
import dev.lockstep.tftp.event.TransferStats;
import dev.lockstep.tftp.server.RequestPolicy;
import dev.lockstep.tftp.server.ServerMetrics;
import dev.lockstep.tftp.server.ServerMetrics.AddressValidationMetrics;
import dev.lockstep.tftp.server.ServerMetrics.BufferMemoryMetrics;
import dev.lockstep.tftp.server.ServerMetrics.ChunkCacheMetrics;
import dev.lockstep.tftp.server.ServerMetrics.DurationMetrics;
import dev.lockstep.tftp.server.ServerMetrics.OperationMetrics;
import dev.lockstep.tftp.server.ServerMetrics.RuleRefusal;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
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
    private final Map<RuleRefusal, LongAdder> refusalsByRule = new ConcurrentHashMap<>();
    private final DurationHistogram durations =
            new DurationHistogram(.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300);
    private final DurationHistogram firstData =
            new DurationHistogram(.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10);
    private final EnumCounters<DropReason> drops = new EnumCounters<>(DropReason.class);

    private final RequestPolicy policy;

    /** The part that is counted already of transfers that are long enough to report progress, by their numbers. */
    private final Map<Long, Reported> progress = new ConcurrentHashMap<>();

    /** Creates counters that are all 0.
     *
     * @param policy names the rules of refused requests */
    public ServerCounters(RequestPolicy policy) {
        this.policy = policy;
    }

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
            refusalsByRule
                    .computeIfAbsent(new RuleRefusal(codeOf(refused), ruleOf(refused)), key -> new LongAdder())
                    .increment();
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
            durations.add(stats.elapsed(0));
            if (stats.firstByteAfter() >= 0) {
                firstData.add(stats.firstByteAfter());
            }
        } else if (event instanceof TransferEvent.Dropped dropped) {
            drops.count(dropped.reason());
        }
    }

    /** Returns the code of the ERROR. A storage can use any; those without a meaning are one, so that they are few. */
    private static int codeOf(TransferEvent.Refused refused) {
        int code = refused.error().code();
        return code < 0 || code >= ErrorCode.values().length ? ErrorCode.NOT_DEFINED.number() : code;
    }

    private String ruleOf(TransferEvent.Refused refused) {
        if (refused.request() == null) {
            return RequestPolicy.NO_RULE;
        }
        String rule = policy.ruleOf(refused.request(), refused.peer());
        return policy.ruleNames().contains(rule) ? rule : RequestPolicy.NO_RULE;
    }

    private static void add(OperationCounters counters, Reported now, Reported before) {
        Reported known = before == null ? Reported.NOTHING : before;
        counters.bytes.add(now.bytes - known.bytes);
        counters.retransmissions.add(now.retransmissions - known.retransmissions);
    }

    private OperationCounters of(Request request) {
        return request instanceof ReadRequest ? reads : writes;
    }

    /** Returns all current counts, with those of parts that count for themselves. */
    public ServerMetrics snapshot(
            AddressValidationMetrics validation, ChunkCacheMetrics chunks, BufferMemoryMetrics memory) {
        return new ServerMetrics(
                reads(),
                writes(),
                refusals(),
                refusalsByRule(),
                drops(),
                durations(),
                firstData(),
                validation,
                chunks,
                memory);
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

    /** Returns the current counts of refused requests by rule. Forgets those of rules that are no longer in force. */
    Map<RuleRefusal, Long> refusalsByRule() {
        Set<String> rules = policy.ruleNames();
        refusalsByRule
                .keySet()
                .removeIf(key -> !key.rule().equals(RequestPolicy.NO_RULE) && !rules.contains(key.rule()));
        Map<RuleRefusal, Long> counts = new HashMap<>();
        refusalsByRule.forEach((key, counter) -> counts.put(key, counter.sum()));
        return counts;
    }

    /** Returns the durations of ended transfers. */
    DurationMetrics durations() {
        return durations.snapshot();
    }

    /** Returns the times to the first DATA of ended transfers. */
    DurationMetrics firstData() {
        return firstData.snapshot();
    }

    /** Returns the current counts of dropped datagrams. */
    public Map<DropReason, Long> drops() {
        return drops.snapshot();
    }
}
