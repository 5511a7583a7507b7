package dev.lockstep.tftp.internal.text;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Suggests a known word for a misspelt one. */
public final class Suggestion {
    private static final int PREFIX = 2;

    private Suggestion() {}

    /**
     * Returns the most similar word: one that begins with what is written, or one with at most one error for three
     * characters. Empty if no word is that similar.
     */
    public static Optional<String> near(String written, Collection<String> words) {
        return words.stream()
                .filter(word -> isNear(written, word))
                .min(Comparator.comparingInt((String word) -> distance(written, word))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** Returns the end of a message, such as {@code (did you mean clients?)}, or an empty text if no word is similar. */
    public static String hint(String written, Collection<String> words) {
        return near(written, words).map(word -> " (did you mean " + word + "?)").orElse("");
    }

    private static boolean isNear(String written, String word) {
        return word.startsWith(written) && written.length() >= PREFIX
                || 3 * distance(written, word) <= Math.max(written.length(), word.length());
    }

    /** Returns the number of characters to add, remove, change or swap with the next one. */
    private static int distance(String a, String b) {
        int[][] edits = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    edits[i][j] = i + j;
                    continue;
                }
                int change = edits[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                edits[i][j] = Math.min(change, 1 + Math.min(edits[i - 1][j], edits[i][j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    edits[i][j] = Math.min(edits[i][j], edits[i - 2][j - 2] + 1);
                }
            }
        }
        return edits[a.length()][b.length()];
    }
}
