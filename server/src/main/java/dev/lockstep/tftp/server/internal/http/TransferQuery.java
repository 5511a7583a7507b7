package dev.lockstep.tftp.server.internal.http;

import dev.lockstep.tftp.internal.http.HttpQuery;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * Selects rows of a list by the parameters of {@code /api/transfers}.
 *
 * @param words all of these, in lower case, are in the text of a row
 * @param sort the name of the column to sort by; empty for the order of the list
 * @param isDescending true to sort the largest value first
 * @param offset the number of rows to leave out
 * @param limit the number of rows to return
 */
record TransferQuery(List<String> words, String sort, boolean isDescending, int offset, int limit) {
    /** Limit of rows in one reply. */
    static final int MAX_ROWS = 1000;

    private static final int USUAL_ROWS = 100;

    /** The rows of one reply, and the number of rows that the filter selects. */
    record Selection<T>(int matching, List<T> rows) {}

    /**
     * Reads the parameters.
     *
     * @throws IllegalArgumentException if one is not valid
     */
    static TransferQuery of(HttpQuery query) {
        String filter = PeerText.cut(query.parameter("filter").orElse("")).toLowerCase(Locale.ROOT);
        String order = query.parameter("order").orElse("asc");
        if (!order.equals("asc") && !order.equals("desc")) {
            throw new IllegalArgumentException("order: " + PeerText.of(order) + " (expected: asc or desc)");
        }
        return new TransferQuery(
                filter.isBlank() ? List.of() : List.of(filter.trim().split("\\s+")),
                query.parameter("sort").orElse(""),
                order.equals("desc"),
                number(query, "offset", 0, Integer.MAX_VALUE),
                number(query, "limit", USUAL_ROWS, MAX_ROWS));
    }

    /** Returns a parameter that is a number. */
    static int number(HttpQuery query, String name, int usual, int max) {
        String text = query.parameter(name).orElse(Integer.toString(usual));
        if (!text.matches("\\d{1,10}") || Long.parseLong(text) > max) {
            throw new IllegalArgumentException(
                    name + ": " + PeerText.of(text) + " (expected: a number up to " + max + ")");
        }
        return Integer.parseInt(text);
    }

    /**
     * Selects rows.
     *
     * @param text the text of a row that the filter looks at
     * @param columns the order of each column that can be sorted by, the smallest value first
     * @throws IllegalArgumentException if there is no such column
     */
    <T> Selection<T> select(Iterable<T> all, Function<T, String> text, Map<String, Comparator<T>> columns) {
        Comparator<T> column = sort.isEmpty() ? null : columns.get(sort);
        if (column == null && !sort.isEmpty()) {
            throw new IllegalArgumentException("sort: " + PeerText.of(sort) + " (expected: "
                    + String.join(", ", columns.keySet().stream().sorted().toList()) + ")");
        }
        List<T> matching = new ArrayList<>();
        for (T each : all) {
            if (matches(text.apply(each))) {
                matching.add(each);
            }
        }
        if (column != null) {
            matching.sort(isDescending ? column.reversed() : column);
        }
        List<T> rows = matching.stream().skip(offset).limit(limit).toList();
        return new Selection<>(matching.size(), rows);
    }

    private boolean matches(String text) {
        if (words.isEmpty()) {
            return true;
        }
        String lower = text.toLowerCase(Locale.ROOT);
        return words.stream().allMatch(lower::contains);
    }
}
