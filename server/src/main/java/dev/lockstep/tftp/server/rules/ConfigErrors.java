package dev.lockstep.tftp.server.rules;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The errors and warnings of a configuration file, collected so that all of them are reported together. */
final class ConfigErrors {
    private record Problem(int line, String text) {}

    private final String file;
    private final List<Problem> found = new ArrayList<>();
    private final List<Problem> warnings = new ArrayList<>();

    ConfigErrors(String file) {
        this.file = file;
    }

    void add(int line, String text) {
        found.add(new Problem(line, text));
    }

    /** Adds a warning: the file can be used, but probably does not mean what its author wants. */
    void warn(int line, String text) {
        warnings.add(new Problem(line, text));
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    /** Returns a copy, to which more can be added. */
    ConfigErrors copy() {
        ConfigErrors copy = new ConfigErrors(file);
        copy.found.addAll(found);
        copy.warnings.addAll(warnings);
        return copy;
    }

    /** Returns the warnings, one line each. */
    List<String> warnings() {
        return lines(warnings);
    }

    /** Returns the place of a line, such as {@code tftpd.toml line 7}. */
    String place(int line) {
        return file + " line " + line;
    }

    void throwIfAny() throws ConfigException {
        if (!found.isEmpty()) {
            throw new ConfigException(lines(found));
        }
    }

    private List<String> lines(List<Problem> problems) {
        return problems.stream()
                .sorted(Comparator.comparingInt(Problem::line))
                .map(problem -> place(problem.line) + ": " + problem.text)
                .toList();
    }
}
