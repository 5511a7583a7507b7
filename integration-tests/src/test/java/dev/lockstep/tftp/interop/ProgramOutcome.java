package dev.lockstep.tftp.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/** The result of a program: its exit status and its output on standard output and standard error. */
record ProgramOutcome(List<String> command, int exit, String output) {

    void assertExit(int expected) {
        assertThat(exit).as("exit status of %s", this).isEqualTo(expected);
    }

    @Override
    public String toString() {
        return String.join(" ", command) + " → " + exit + "\n" + output;
    }
}
