package dev.lockstep.tftp.server.internal.http;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The keys with the most bytes of the last hour, in bounded memory. The hour consists of slices. A slice that has too many
 * keys forgets the lighter half of them; a new key may have been among those, so it is credited with what the heaviest of
 * them had (as in the algorithm Space-Saving). Requests for many different names displace each other and not the heavy keys.
 * Not thread-safe.
 */
final class TopList {
    private final int capacity;
    private final int slices;
    private final Deque<Slice> hour = new ArrayDeque<>();

    /**
     * The sums of one key.
     *
     * @param transfers the ended transfers
     * @param bytes the bytes of files
     * @param problems the failed transfers and refused requests
     * @param missing the weight that the key may have had before it was counted; 0 if the sums are exact
     */
    record Entry(String key, long transfers, long bytes, long problems, long missing) {
        private static final Comparator<Entry> HEAVIEST_FIRST = Comparator.comparingLong(Entry::weight)
                .thenComparingLong(Entry::problems)
                .reversed()
                .thenComparing(Entry::key);

        /** Returns the order of the list. A request without bytes weighs one, so that it is listed, too. */
        private long weight() {
            return bytes + transfers + problems;
        }

        private long largestPossibleWeight() {
            return weight() + missing;
        }

        Entry plus(Entry other) {
            return new Entry(
                    key,
                    transfers + other.transfers,
                    bytes + other.bytes,
                    problems + other.problems,
                    missing + other.missing);
        }
    }

    /** The sums of some minutes. */
    private final class Slice {
        private final Map<String, Entry> entries = new HashMap<>();
        private long forgotten;

        void add(Entry more) {
            Entry known = entries.get(more.key);
            entries.put(
                    more.key,
                    known == null
                            ? new Entry(more.key, more.transfers, more.bytes, more.problems, forgotten)
                            : known.plus(more));
            if (entries.size() >= 2 * capacity) {
                List<Entry> lightest = entries.values().stream()
                        .sorted(Comparator.comparingLong(Entry::largestPossibleWeight)
                                .reversed())
                        .skip(capacity)
                        .toList();
                forgotten = lightest.get(0).largestPossibleWeight();
                lightest.forEach(entry -> entries.remove(entry.key));
            }
        }
    }

    /**
     * Creates an empty list.
     *
     * @param capacity the number of keys that a slice keeps at least
     * @param slices the number of slices
     */
    TopList(int capacity, int slices) {
        this.capacity = capacity;
        this.slices = slices;
        hour.add(new Slice());
    }

    /** Adds one transfer. */
    void addTransfer(String key, long bytes, boolean failed) {
        hour.getLast().add(new Entry(key, 1, bytes, failed ? 1 : 0, 0));
    }

    /** Adds one refused request. */
    void addRefusal(String key) {
        hour.getLast().add(new Entry(key, 0, 0, 1, 0));
    }

    /** Begins another slice and forgets the oldest one. */
    void rotate() {
        hour.add(new Slice());
        if (hour.size() > slices) {
            hour.removeFirst();
        }
    }

    /** Returns the number of keys in memory. */
    int size() {
        return hour.stream().mapToInt(slice -> slice.entries.size()).sum();
    }

    /** Returns the heaviest keys. */
    List<Entry> heaviest(int count) {
        Map<String, Entry> sums = new HashMap<>();
        hour.forEach(slice -> slice.entries.forEach((key, entry) -> sums.merge(key, entry, Entry::plus)));
        Stream<Entry> sorted = sums.values().stream().sorted(Entry.HEAVIEST_FIRST);
        return sorted.limit(count).toList();
    }
}
