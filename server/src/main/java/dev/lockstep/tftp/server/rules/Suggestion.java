package dev.lockstep.tftp.server.rules;

import java.util.Collection;
import java.util.Comparator;

/** Suggests the most similar known word for an unknown one, if it is similar enough to be a misspelling. */
final class Suggestion {
    private Suggestion() {}

    /** Returns the end of a message, such as {@code (did you mean clients?)}, or an empty text without a near word. */
    static String hint(String written, Collection<String> words) {
        return words.stream()
                .filter(word -> distance(written, word) <= Math.max(1, word.length() / 3))
                .min(Comparator.comparingInt((String word) -> distance(written, word))
                        .thenComparing(Comparator.naturalOrder()))
                .map(word -> " (did you mean " + word + "?)")
                .orElse("");
    }

    /** Returns the number of characters to add, remove or change (Levenshtein distance). */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
