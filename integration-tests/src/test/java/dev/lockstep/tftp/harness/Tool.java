package dev.lockstep.tftp.harness;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** A program of the system that a test needs. */
public final class Tool {
    private static final boolean ALL_REQUIRED = "true".equals(System.getenv("CI"));

    private Tool() {}

    /** Skips the test where that program is not installed; with CI=true the test then fails by itself. */
    public static String named(String program) {
        boolean installed = Run.run("sh", "-c", "command -v " + program).exit() == 0;
        assumeTrue(installed || ALL_REQUIRED, program + " is not installed");
        return program;
    }
}
