package dev.lockstep.tftp.server.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The flag of the configuration file. It is read before all other flags: see {@link Configuration}. */
final class RuleOptions {
    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "File with settings and rules, which SIGHUP reloads.")
    private Path file;

    /** Returns the file, or null if there is none. */
    Path file() {
        return file;
    }
}
