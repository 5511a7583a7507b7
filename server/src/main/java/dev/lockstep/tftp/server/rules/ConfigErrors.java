package dev.lockstep.tftp.server.rules;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The errors of a configuration file, collected so that all of them are reported together. */
final class ConfigErrors {
    private record Problem(int line, String text) {}

    private final String file;
    private final List<Problem> found = new ArrayList<>();

    ConfigErrors(String file) {
        this.file = file;
    }

    void add(int line, String text) {
        found.add(new Problem(line, text));
    }

    /** Returns the place of a line, such as {@code tftpd.toml line 7}. */
    String place(int line) {
        return file + " line " + line;
    }

    void throwIfAny() throws ConfigException {
        if (!found.isEmpty()) {
            throw new ConfigException(found.stream()
                    .sorted(Comparator.comparingInt(Problem::line))
                    .map(problem -> place(problem.line) + ": " + problem.text)
                    .toList());
        }
    }
}
