package dev.lockstep.tftp.server.cli;

import picocli.CommandLine.Option;

/** Flags that say what is logged, and in which form. */
final class LogOptions {
    @Option(names = "--verbose", description = "Log more.")
    private boolean verbose;

    @Option(names = "--quiet", description = "Log errors only.")
    private boolean quiet;

    @Option(names = "--json-log", description = "Log JSON objects, one a line.")
    private boolean json;

    @Option(
            names = "--log-rate",
            paramLabel = "N",
            description =
                    "Lines a second of each kind but complete transfers once 1000 have been written at once; the rest"
                            + " is counted. 0: all. 20 by default.")
    private int rate = 20;

    boolean isVerbose() {
        return verbose;
    }

    /**
     * Sets up all logging of the process.
     *
     * @throws IllegalArgumentException for a rate that makes no sense
     */
    void configure() {
        if (rate < 0) {
            throw new IllegalArgumentException("--log-rate: " + rate + " (expected: >= 0)");
        }
        Logging.configure(verbose, quiet, json, rate);
    }
}
