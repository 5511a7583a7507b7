package dev.lockstep.tftp.server.rules;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Locale;

/**
 * A pattern of file names: {@code *} and {@code ?} stay within one folder, {@code **} crosses folders, {@code [a-z]} and
 * {@code [!a-z]} are one character, {@code {a,b}} alternatives, {@code \} takes the next character as it is. One without
 * a slash is compared with the last part of a name, one with a slash with all of it, from the root. Matching takes time
 * in proportion to the name, whatever the pattern.
 */
final class Glob {
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

    /** Reads one; an {@link IllegalArgumentException} says what was expected. */
    static Glob parse(String text, boolean anyCase) {
        String regex = new Translation(text.startsWith("/") ? text.substring(1) : text).toRegex();
        try {
            Pattern pattern = Pattern.compile(regex, Pattern.DOTALL | (anyCase ? Pattern.CASE_INSENSITIVE : 0));
            return new Glob(text, anyCase, pattern);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(text + " (expected: ranges such as [a-z])", e);
        }
    }

    /**
     * Whether it is like that.
     *
     * @param name elements with slashes between them, none of them empty
     */
    boolean matches(String name) {
        String compared = wholeName ? name : name.substring(name.lastIndexOf('/') + 1);
        return pattern.matches(compared)
                || anyCase // some letters become two, or one that is not theirs the other way round
                        && (pattern.matches(compared.toUpperCase(Locale.ROOT))
                                || pattern.matches(compared.toLowerCase(Locale.ROOT)));
    }

    @Override
    public String toString() {
        return text;
    }

    /** One walk over a pattern. */
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
