package dev.lockstep.tftp.server.internal.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

/**
 * Limits the log lines of each kind to a rate with a burst, and counts the suppressed ones, so that remote peers cannot
 * fill the disk. Lines with the same message pattern are of one kind. Lines of complete transfers are never suppressed:
 * their peers are validated. Does not lock.
 */
@ThreadSafe
final class LogRateLimiter extends Filter<ILoggingEvent> {
    /** The burst: lines of one kind that are logged at once. */
    static final int BURST = 1000;

    private static final int MAX_KINDS = 64;
    private static final KeyValuePair COMPLETE = new KeyValuePair("result", "complete");
    private static final String SUMMARY = "{} more like it: {}";
    private static final Logger LOG = LoggerFactory.getLogger("tftpd");

    private final long interval;
    private final LongSupplier nanos;
    private final Map<String, Kind> kinds = new ConcurrentHashMap<>();

    /** The state of one kind of lines. */
    private static final class Kind {
        /**
         * The time at which all admitted lines would be due at the constant rate (GCRA, ITU-T I.371), in nanoseconds.
         */
        private final AtomicLong due;

        private final AtomicLong suppressed = new AtomicLong();
        private volatile ILoggingEvent last;

        Kind(long now) {
            due = new AtomicLong(now);
        }

        boolean tryAdmit(long now, long interval) {
            while (true) {
                long before = due.get();
                long from = before - now > 0 ? before : now;
                if (from - now > (BURST - 1) * interval) {
                    return false;
                }
                if (due.compareAndSet(before, from + interval)) {
                    return true;
                }
            }
        }
    }

    LogRateLimiter(int perSecond, LongSupplier nanos) {
        this.interval = perSecond == 0 ? 0 : TimeUnit.SECONDS.toNanos(1) / perSecond;
        this.nanos = nanos;
    }

    @Override
    public FilterReply decide(ILoggingEvent event) {
        if (SUMMARY.equals(event.getMessage())
                || StatusOutput.LOGGER.equals(event.getLoggerName())
                || isCompleteTransfer(event)) {
            return FilterReply.NEUTRAL;
        }
        long now = nanos.getAsLong();
        String pattern = String.valueOf(event.getMessage());
        // a library that formats its messages itself has as many patterns as lines
        String key = kinds.size() < MAX_KINDS || kinds.containsKey(pattern) ? pattern : "";
        Kind kind = kinds.computeIfAbsent(key, fresh -> new Kind(now));
        if (kind.tryAdmit(now, interval)) {
            return FilterReply.NEUTRAL;
        }
        kind.suppressed.incrementAndGet();
        kind.last = event;
        return FilterReply.DENY;
    }

    private static boolean isCompleteTransfer(ILoggingEvent event) {
        List<KeyValuePair> pairs = event.getKeyValuePairs();
        return pairs != null && pairs.contains(COMPLETE);
    }

    /** Logs how many lines of each kind were suppressed since the last call. */
    void summarize() {
        kinds.values().forEach(kind -> {
            long count = kind.suppressed.getAndSet(0);
            ILoggingEvent last = kind.last;
            if (count > 0 && last != null) {
                boolean warning = last.getLevel().isGreaterOrEqual(Level.WARN);
                (warning ? LOG.atWarn() : LOG.atInfo())
                        .addKeyValue("event", "held_back")
                        .addKeyValue("count", count)
                        .log(SUMMARY, count, last.getFormattedMessage());
            }
        });
    }
}
