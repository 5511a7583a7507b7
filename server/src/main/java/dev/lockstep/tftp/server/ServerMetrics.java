package dev.lockstep.tftp.server;

import dev.lockstep.tftp.event.DropReason;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.event.RefusalReason;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A snapshot of the counters of a server. Counts begin with the start of the server and never decrease. They are read
 * one after the other while the server runs, so they may differ by the events of that moment.
 *
 * @param reads the downloads
 * @param writes the uploads
 * @param refusals the refused requests by reason; has every constant
 * @param refusalsByRule the refused requests by the code of the ERROR and by rule; has those that have occurred, but none
 *     of a rule that is no longer in force
 * @param drops the datagrams that were dropped without a reply, by reason; has every constant. Datagrams of running
 *     transfers are not counted here
 * @param durations the time from the request to the end, of the transfers that have ended
 * @param firstData the time from the request to the first DATA, of the transfers that have ended and had any
 * @param addressValidation the peers whose source address may be spoofed
 * @param chunkCache the cache of file chunks that several transfers send
 * @param bufferMemory the memory for file chunks
 */
public record ServerMetrics(
        OperationMetrics reads,
        OperationMetrics writes,
        Map<RefusalReason, Long> refusals,
        Map<RuleRefusal, Long> refusalsByRule,
        Map<DropReason, Long> drops,
        DurationMetrics durations,
        DurationMetrics firstData,
        AddressValidationMetrics addressValidation,
        ChunkCacheMetrics chunkCache,
        BufferMemoryMetrics bufferMemory) {
    /** Copies the maps. */
    public ServerMetrics {
        refusals = Collections.unmodifiableMap(new EnumMap<>(refusals));
        refusalsByRule = Map.copyOf(refusalsByRule);
        drops = Collections.unmodifiableMap(new EnumMap<>(drops));
    }

    /**
     * The code of the ERROR of a refused request, and the rule that decided about the request.
     *
     * @param code 0 to 8; any other code is counted as 0
     * @param rule one of {@link RequestPolicy#ruleNames}, or {@link RequestPolicy#NO_RULE}
     */
    public record RuleRefusal(int code, String rule) {}

    /**
     * A distribution of durations.
     *
     * @param bounds the upper bounds of all buckets but the last in seconds, ascending; a bound is in its bucket
     * @param counts the number of durations in each bucket alone, one more than there are bounds
     * @param sum the sum of all durations in seconds
     */
    public record DurationMetrics(List<Double> bounds, List<Long> counts, double sum) {
        /** Copies the lists. */
        public DurationMetrics {
            bounds = List.copyOf(bounds);
            counts = List.copyOf(counts);
        }
    }

    /**
     * The transfers of one operation.
     *
     * @param requested the requests that were admitted, without their retransmissions
     * @param refused the requests that were refused, except for malformed ones
     * @param started the transfers whose options were negotiated
     * @param ended the transfers that have ended, by outcome; has every constant
     * @param bytes the bytes of files that the receivers have. A running transfer is counted in steps of 32 MiB
     * @param retransmissions the messages that were sent again, counted like the bytes
     */
    public record OperationMetrics(
            long requested, long refused, long started, Map<Outcome, Long> ended, long bytes, long retransmissions) {
        /** Copies the map. */
        public OperationMetrics {
            ended = Collections.unmodifiableMap(new EnumMap<>(ended));
        }

        /** Returns the number of transfers that have started and not ended. Dallying uploads have ended. */
        public long running() {
            return started - ended.values().stream().mapToLong(Long::longValue).sum();
        }

        /** Returns the number of transfers with the outcome {@link Outcome#COMPLETE}. */
        public long completed() {
            return ended.get(Outcome.COMPLETE);
        }

        /** Returns the number of transfers with the outcome {@link Outcome#FAILED}. */
        public long failed() {
            return ended.get(Outcome.FAILED);
        }

        private OperationMetrics plus(OperationMetrics other) {
            Map<Outcome, Long> outcomes = new EnumMap<>(ended);
            other.ended.forEach((outcome, count) -> outcomes.merge(outcome, count, Long::sum));
            return new OperationMetrics(
                    requested + other.requested,
                    refused + other.refused,
                    started + other.started,
                    outcomes,
                    bytes + other.bytes,
                    retransmissions + other.retransmissions);
        }
    }

    /**
     * The peers whose address is not validated.
     *
     * @param unvalidated the transfers whose peer has not replied yet
     * @param limit the limit of those; the oldest is evicted
     * @param validated the transfers whose peer has replied
     * @param withheld the messages that were not sent to a peer before its reply, because of a limit
     */
    public record AddressValidationMetrics(long unvalidated, long limit, long validated, long withheld) {}

    /**
     * The cache of file chunks.
     *
     * @param bytes the bytes in the cache
     * @param hits the chunks that transfers have found in the cache
     * @param misses the chunks that were read for the cache
     */
    public record ChunkCacheMetrics(long bytes, long hits, long misses) {}

    /**
     * The memory for file chunks, those in the cache included.
     *
     * @param used the bytes in use
     * @param limit the limit in bytes
     */
    public record BufferMemoryMetrics(long used, long limit) {}

    /** Returns the sum of downloads and uploads. */
    public OperationMetrics transfers() {
        return reads.plus(writes);
    }
}
