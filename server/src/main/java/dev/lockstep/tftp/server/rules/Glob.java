package dev.lockstep.tftp.server.rules;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A pattern of file names. {@code *} and {@code ?} match within one directory, {@code **} matches across directories,
 * {@code [a-z]} and {@code [!a-z]} match one character, {@code {a,b}} matches alternatives, and {@code \} escapes the
 * next character. A pattern without a slash is compared with the last element of a name; a pattern with a slash is
 * compared with the whole name, from the root. Matching takes linear time in the length of the name, for any pattern.
 */
final class Glob {
    private static final Set<String> IMPOSSIBLE = Set.of("", ".", "..");

    private final String text;
    private final boolean wholeName;
    private final boolean anyCase;
    private final Pattern pattern;

    private Glob(String text, boolean anyCase, Pattern pattern) {
        this.text = text;
        this.wholeName = text.indexOf('/') >= 0;
        this.anyCase = anyCase;
        this.pattern = pattern;
    }

    /**
     * Parses a pattern.
     *
     * @param anyCase true to ignore the case of letters
     * @throws IllegalArgumentException if the pattern is invalid
     */
    static Glob parse(String text, boolean anyCase) {
        String regex = new Translation(withoutSlash(text)).toRegex();
        try {
            Pattern pattern = Pattern.compile(regex, Pattern.DOTALL | (anyCase ? Pattern.CASE_INSENSITIVE : 0));
            return new Glob(text, anyCase, pattern);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(text + " (expected: ranges such as [a-z])", e);
        }
    }

    /**
     * Returns true if a name matches.
     *
     * @param name the elements of the name, separated by slashes, none of them empty
     */
    boolean matches(String name) {
        String compared = wholeName ? name : name.substring(name.lastIndexOf('/') + 1);
        return pattern.matches(compared)
                || anyCase // the case mapping of some letters gives two letters, or is not reversible
                        && (pattern.matches(compared.toUpperCase(Locale.ROOT))
                                || pattern.matches(compared.toLowerCase(Locale.ROOT)));
    }

    /**
     * Returns true if all names that match another pattern certainly match this one. Returns false for many pairs of
     * which this is true, but not simple to see.
     */
    boolean covers(Glob other) {
        if (other.anyCase && !anyCase) {
            return false;
        }
        String mine = withoutSlash(text);
        String theirs = withoutSlash(other.text);
        if (coversAll()) {
            return true;
        }
        if (wholeName == other.wholeName && mine.equals(theirs)) {
            return true;
        }
        if (isLiteral(theirs)) {
            return (other.wholeName || !wholeName) && matches(theirs);
        }
        if (theirs.indexOf('{') >= 0 || theirs.indexOf('\\') >= 0) {
            return false; // an alternative may contain slashes, or begin otherwise
        }
        String folder = mine.endsWith("/**") ? mine.substring(0, mine.length() - 2) : null;
        return wholeName
                ? folder != null && isLiteral(folder) && other.wholeName && theirs.startsWith(folder)
                : !mine.contains("**") && mine.equals(theirs.substring(theirs.lastIndexOf('/') + 1));
    }

    /** Returns true if the pattern is one of those that all names match. */
    boolean coversAll() {
        return withoutSlash(text).equals("**") || text.equals("*");
    }

    /** Returns true if no name can match, since the elements of a name are not empty and neither . nor .. */
    boolean isImpossible() {
        if (!wholeName || text.indexOf('{') >= 0 || text.indexOf('\\') >= 0) {
            return false;
        }
        return Stream.of(withoutSlash(text).split("/", -1)).anyMatch(part -> IMPOSSIBLE.contains(part));
    }

    private static boolean isLiteral(String pattern) {
        return pattern.chars().noneMatch(symbol -> "*?[{}\\".indexOf(symbol) >= 0);
    }

    private static String withoutSlash(String pattern) {
        return pattern.startsWith("/") ? pattern.substring(1) : pattern;
    }

    @Override
    public String toString() {
        return text;
    }

    /** Translates a pattern to a regular expression in one pass. */
    private static final class Translation {
        private final String glob;
        private final StringBuilder regex = new StringBuilder();
        private int next;
        private int braces;

        Translation(String glob) {
            this.glob = glob;
        }

        String toRegex() {
            while (next < glob.length()) {
                translate(glob.charAt(next++));
            }
            if (braces > 0) {
                throw expected("a } for each {");
            }
            return regex.toString();
        }

        private void translate(char symbol) {
            switch (symbol) {
                case '*' -> star();
                case '?' -> regex.append("[^/]");
                case '[' -> characterClass();
                case '{' -> {
                    braces++;
                    regex.append("(?:");
                }
                case '}' -> {
                    if (braces-- == 0) {
                        throw expected("a { before each }");
                    }
                    regex.append(')');
                }
                case ',' -> regex.append(braces > 0 ? "|" : ",");
                case '\\' -> {
                    if (next == glob.length()) {
                        throw expected("a character after \\");
                    }
                    literal(glob.charAt(next++));
                }
                default -> literal(symbol);
            }
        }

        private void star() {
            if (!glob.startsWith("*", next)) {
                regex.append("[^/]*");
            } else if (glob.startsWith("*/", next) && (next == 1 || glob.charAt(next - 2) == '/')) {
                next += 2;
                regex.append("(?:.*/)?");
            } else {
                next++;
                regex.append(".*");
            }
        }

        private void characterClass() {
            int end = glob.indexOf(']', next + 1);
            if (end < 0) {
                throw expected("a ] for each [");
            }
            boolean not = glob.charAt(next) == '!';
            String members = glob.substring(not ? next + 1 : next, end);
            if (members.isEmpty() || members.indexOf('/') >= 0) {
                throw expected("characters other than / between [ and ]");
            }
            regex.append(not ? "[^/" : "[")
                    .append(members.replace("\\", "\\\\").replace("[", "\\[").replace("^", "\\^"))
                    .append(']');
            next = end + 1;
        }

        private void literal(char symbol) {
            regex.append(Pattern.quote(String.valueOf(symbol)));
        }

        private IllegalArgumentException expected(String what) {
            return new IllegalArgumentException(glob + " (expected: " + what + ")");
        }
    }
}
