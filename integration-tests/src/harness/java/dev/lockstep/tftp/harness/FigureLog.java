package dev.lockstep.tftp.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Records the figures of tests in the file that the variable FIGURES names, for {@code docs/resilience.md}. */
public final class FigureLog {
    private static final String FILE = System.getenv("FIGURES");

    private FigureLog() {}

    /** Appends a line with a kind and its values, if the variable is set. */
    public static synchronized void record(String kind, Object... values) {
        if (FILE == null) {
            return;
        }
        String line = Stream.concat(Stream.of(kind), Stream.of(values))
                .map(value -> value instanceof Double ? String.format(Locale.ROOT, "%.3f", value) : value.toString())
                .collect(Collectors.joining("|"));
        try {
            // one write for each line: the forks of the build share the file
            Files.write(Path.of(FILE), List.of(line), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
