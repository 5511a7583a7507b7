package dev.lockstep.tftp.server.rules;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.List;
import java.util.Locale;

/**
 * What happens to a name before its file is looked up: letters first, then each renaming in turn. The result is as
 * little to be trusted as the name was.
 */
record FilenameRewrites(Letters letters, List<Renaming> renamings) {
    /** None. */
    static final FilenameRewrites NONE = new FilenameRewrites(Letters.KEEP, List.of());

    /** The case of letters. */
    enum Letters {
        KEEP,
        LOWER,
        UPPER
    }

    /** Every place that is like {@code from} becomes {@code to}, in which {@code $1} is the first group. */
    record Renaming(Pattern from, String to) {
        /** Escapes, references, and dollars and backslashes that are neither. */
        private static final Pattern REFERENCE = Pattern.compile("\\\\.|\\$(\\d)|\\$\\{(\\w+)\\}|[$\\\\]");

        /** An {@link IllegalArgumentException} says what was expected. */
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
