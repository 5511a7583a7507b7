package dev.lockstep.tftp.server.cli;

import dev.lockstep.tftp.server.internal.logging.Logging;
import picocli.CommandLine.Option;

/** Flags for the level, the format and the rate of the log. */
final class LogOptions {
    @Option(
            names = {"-v", "--verbose"},
            description = "Log each request, and details of failures.")
    private boolean verbose;

    @Option(
            names = {"-q", "--quiet"},
            description = "Log errors only.")
    private boolean quiet;

    @Option(names = "--json-log", description = "Log one JSON object for each line.")
    private boolean json;

    @Option(
            names = "--log-rate",
            paramLabel = "N",
            description = "Log lines per second of each kind after a burst of 1000, except completed transfers;"
                    + " 0: no limit (default ${DEFAULT-VALUE}).")
    private int rate = 20;

    boolean isJson() {
        return json;
    }

    boolean isVerbose() {
        return verbose;
    }

    /**
     * Checks the flags.
     *
     * @throws IllegalArgumentException if the rate is negative
     */
    void check() {
        if (rate < 0) {
            throw new IllegalArgumentException("--log-rate: " + rate + " (expected: >= 0)");
        }
    }

    /** Configures the logging of the process. The flags must be valid. */
    void configure() {
        Logging.configure(verbose, quiet, json, rate);
    }
}
