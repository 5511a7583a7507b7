package dev.lockstep.tftp.server.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The flag of the configuration file. It is read before all other flags: see {@link Configuration}. */
final class RuleOptions {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Settings, with a key for each flag, and rules by client and file (TOML)."
                    + " Flags on the command line take precedence. SIGHUP reloads the file.")
    private Path file;

    /** Returns the file, or null if there is none. */
    Path file() {
        return file;
    }
}
