package dev.lockstep.tftp.server.rules;

import dev.lockstep.tftp.internal.text.ByteSize;
import dev.lockstep.tftp.internal.text.Suggestion;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;

/** Reads one table of a file key by key. Errors are collected, and reading continues. */
final class ConfigTable {
    private static final double LONGEST_SECONDS = 86_400;

    private final TomlTable table;
    private final int line;
    private final ConfigErrors problems;
    private final Set<String> known = new LinkedHashSet<>();

    ConfigTable(TomlTable table, int line, ConfigErrors problems) {
        this.table = table;
        this.line = line;
        this.problems = problems;
    }

    int line() {
        return line;
    }

    /** Returns the line of a key, or that of the table if it does not have the key. */
    int lineOf(String key) {
        return table.contains(List.of(key))
                ? table.inputPositionOf(List.of(key)).line()
                : line;
    }

    boolean has(String key) {
        known.add(key);
        return table.contains(List.of(key));
    }

    /**
     * Reads a text and converts it.
     *
     * @param reader throws an {@link IllegalArgumentException} for an invalid text
     * @return empty if the key is missing or invalid
     */
    <T> Optional<T> text(String key, Function<String, T> reader) {
        return value(key, String.class, "a text in quotes").flatMap(text -> attempt(key, () -> reader.apply(text)));
    }

    /**
     * Reads a text or an array of texts and converts them.
     *
     * @param reader throws an {@link IllegalArgumentException} for an invalid text
     */
    <T> List<T> texts(String key, Function<String, T> reader) {
        List<T> all = new ArrayList<>();
        if (has(key) && elements(key).isEmpty()) {
            problem(key, "(expected: at least one)");
        }
        for (Object element : elements(key)) {
            if (element instanceof String text) {
                attempt(key, () -> reader.apply(text)).ifPresent(all::add);
            } else {
                wrong(key, element, "texts in quotes");
            }
        }
        return all;
    }

    /** Reads a table or an array of tables. */
    List<ConfigTable> sections(String key) {
        List<ConfigTable> all = new ArrayList<>();
        for (Object element : elements(key)) {
            if (element instanceof TomlTable inner) {
                all.add(new ConfigTable(inner, lineOf(key), problems));
            } else {
                wrong(key, element, "a table such as { from = \"…\", to = \"…\" }");
            }
        }
        return all;
    }

    Optional<Boolean> flag(String key) {
        return value(key, Boolean.class, "true or false");
    }

    OptionalLong number(String key, long min, long max) {
        Optional<Long> number = value(key, Long.class, "a number from " + min + " to " + max);
        if (number.isPresent() && (number.get() < min || number.get() > max)) {
            wrong(key, number.get(), min + " to " + max);
            return OptionalLong.empty();
        }
        return number.map(OptionalLong::of).orElseGet(OptionalLong::empty);
    }

    /** Reads a size in bytes: a number, or a text such as "64K". */
    OptionalLong size(String key) {
        Object written = has(key) ? table.get(List.of(key)) : null;
        if (written == null) {
            return OptionalLong.empty();
        }
        return attempt(key, () -> ByteSize.parse(written.toString(), 1).bytes())
                .map(OptionalLong::of)
                .orElseGet(OptionalLong::empty);
    }

    /** Reads a number of seconds, which may have a fraction. */
    Optional<Double> seconds(String key) {
        Object written = has(key) ? table.get(List.of(key)) : null;
        if (written instanceof Number number && number.doubleValue() >= 0 && number.doubleValue() <= LONGEST_SECONDS) {
            return Optional.of(number.doubleValue());
        }
        if (written != null) {
            wrong(key, written, "a number of seconds up to 86400");
        }
        return Optional.empty();
    }

    /** Adds an error for a key. */
    void wrong(String key, Object written, String expected) {
        problem(key, written + " (expected: " + expected + ")");
    }

    /** Adds an error for a key. */
    void problem(String key, String text) {
        problems.add(lineOf(key), key + ": " + text);
    }

    /** Adds a warning for a key. */
    void warn(String key, String text) {
        problems.warn(lineOf(key), key + ": " + text);
    }

    /**
     * Adds an error for each unknown key. Must be called after all known keys have been read.
     *
     * @param elsewhere keys that are valid elsewhere in the file
     * @param where the hint for such a key
     */
    void finish(Set<String> elsewhere, String where) {
        for (String key : table.keySet()) {
            if (!known.contains(key)) {
                String hint = elsewhere.contains(key) ? " (" + where + ")" : Suggestion.hint(key, known);
                problem(key, "unknown key" + hint);
            }
        }
    }

    private List<Object> elements(String key) {
        Object written = has(key) ? table.get(List.of(key)) : List.of();
        return written instanceof TomlArray array
                ? array.toList()
                : written instanceof List<?> ? List.of() : List.of(written);
    }

    private <T> Optional<T> value(String key, Class<T> type, String expected) {
        Object written = has(key) ? table.get(List.of(key)) : null;
        if (written != null && !type.isInstance(written)) {
            wrong(key, written, expected);
            return Optional.empty();
        }
        return Optional.ofNullable(type.cast(written));
    }

    private interface Attempt<T> {
        T make();
    }

    private <T> Optional<T> attempt(String key, Attempt<T> attempt) {
        try {
            return Optional.of(attempt.make());
        } catch (IllegalArgumentException e) {
            problem(key, e.getMessage());
            return Optional.empty();
        }
    }
}
