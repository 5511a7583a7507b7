package dev.lockstep.tftp.server.rules;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.List;
import java.util.Locale;

/**
 * The changes to a file name before its file is looked up: first the case of letters, then each renaming in order. The
 * result is validated like the name of a request.
 */
record FilenameRewrites(Letters letters, List<Renaming> renamings) {
    /** No changes. */
    static final FilenameRewrites NONE = new FilenameRewrites(Letters.KEEP, List.of());

    /** The conversion of letters to one case. */
    enum Letters {
        KEEP,
        LOWER,
        UPPER
    }

    /**
     * Replaces every match of a pattern.
     *
     * @param from the pattern
     * @param to the replacement, in which {@code $1} is the first group
     */
    record Renaming(Pattern from, String to) {
        /** Matches escapes, group references, and dollars and backslashes that are neither. */
        private static final Pattern REFERENCE = Pattern.compile("\\\\.|\\$(\\d)|\\$\\{(\\w+)\\}|[$\\\\]");

        /**
         * Checks the replacement.
         *
         * @throws IllegalArgumentException if it refers to a group that does not exist
         */
        Renaming {
            Matcher reference = REFERENCE.matcher(to);
            while (reference.find()) {
                boolean known = reference.group().startsWith("\\")
                                && reference.group().length() > 1
                        || reference.group(1) != null && Integer.parseInt(reference.group(1)) <= from.groupCount()
                        || reference.group(2) != null && from.namedGroups().containsKey(reference.group(2));
                if (!known) {
                    throw new IllegalArgumentException(
                            to + " (expected: $0 to $" + from.groupCount() + ", or \\$ and \\\\ as they are)");
                }
            }
        }

        String apply(String name) {
            return from.matcher(name).replaceAll(to);
        }
    }

    String apply(String name) {
        String changed = switch (letters) {
            case KEEP -> name;
            case LOWER -> name.toLowerCase(Locale.ROOT);
            case UPPER -> name.toUpperCase(Locale.ROOT);
        };
        for (Renaming renaming : renamings) {
            changed = renaming.apply(changed);
        }
        return changed;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        if (letters != Letters.KEEP) {
            text.append(", names in ")
                    .append(letters.name().toLowerCase(Locale.ROOT))
                    .append(" case");
        }
        renamings.forEach(renaming ->
                text.append(", ").append(renaming.from()).append(" renamed ").append(renaming.to()));
        return text.toString();
    }
}
