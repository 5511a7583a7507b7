package dev.lockstep.tftp.client.conform;

import java.util.Locale;

/** The result of a check. */
public enum Status {
    PASSED,
    FAILED,
    /** A precondition was missing: nothing is known. */
    SKIPPED;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
