package dev.lockstep.tftp.internal.transport;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The scheduling policy of Linux for batch work (see sched(7)). With it, a thread that a packet wakes does not preempt the
 * process on the same core that is about to send the next packets.
 */
public final class BatchScheduling {
    private static final int TIMEOUT_SECONDS = 5;

    private BatchScheduling() {}

    /**
     * Sets the policy for all threads of this process; threads that are started later inherit it. Blocks until the program
     * {@code chrt} has ended.
     *
     * @throws IOException if the program is missing or fails
     */
    public static void apply() throws IOException {
        List<String> command = List.of(
                "chrt",
                "--all-tasks",
                "--batch",
                "--pid",
                "0",
                Long.toString(ProcessHandle.current().pid()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IOException("the scheduling policy cannot be set: chrt failed");
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("the scheduling policy cannot be set: interrupted", e);
        }
    }
}
