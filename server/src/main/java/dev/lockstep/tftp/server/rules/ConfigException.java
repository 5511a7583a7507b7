package dev.lockstep.tftp.server.rules;

import java.util.List;

/** Reports all errors of a configuration file, each with its line. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient List<String> problems;

    ConfigException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = problems;
    }

    /** Returns the errors, one line each, such as {@code tftpd.toml line 7: clients: 10.0.0.0/40 (expected: …)}. */
    public List<String> problems() {
        return problems;
    }
}
