package dev.lockstep.tftp.server.cli;

import dev.lockstep.tftp.internal.text.ByteSize;
import dev.lockstep.tftp.internal.transport.BatchScheduling;
import dev.lockstep.tftp.server.TftpServerBuilder;
import java.io.IOException;
import java.time.temporal.ChronoUnit;
import picocli.CommandLine.Option;

/** Flags that trade memory and processor time for speed. */
final class PerformanceOptions {
    private static final int LONGEST_SPIN = 1_000_000;

    @Option(
            names = "--buffer-memory",
            paramLabel = "SIZE",
            description = "Memory for file chunks of all transfers (default: a quarter of the heap).")
    private ByteSize bufferMemory;

    @Option(names = "--event-loops", paramLabel = "N", description = "Event loop threads (default: one per core).")
    private Integer eventLoops;

    @Option(
            names = "--busy-poll",
            paramLabel = "MICROSECONDS",
            description = "Poll this long for the next packet of a single client that replies as fast; 0 for never"
                    + " (default ${DEFAULT-VALUE}).")
    private long busyPoll = 50;

    @Option(
            names = "--batch-scheduling",
            description =
                    "Run under the batch policy of the Linux scheduler, for clients on the same cores; needs chrt.")
    private boolean batchScheduling;

    /**
     * Sets the scheduling policy of this process, if asked to.
     *
     * @throws IOException if it cannot be set
     */
    void applyToProcess() throws IOException {
        if (batchScheduling) {
            BatchScheduling.apply();
        }
    }

    /**
     * Applies these flags to a builder.
     *
     * @throws IllegalArgumentException if a value is out of range
     */
    void applyTo(TftpServerBuilder builder) {
        if (bufferMemory != null) {
            builder.bufferMemory(bufferMemory.bytes());
        }
        if (eventLoops != null) {
            builder.eventLoops(eventLoops);
        }
        if (busyPoll < 0 || busyPoll > LONGEST_SPIN) {
            throw new IllegalArgumentException(
                    "--busy-poll: " + busyPoll + " (expected: 0 to " + LONGEST_SPIN + " microseconds)");
        }
        builder.busyPoll(ChronoUnit.MICROS.getDuration().multipliedBy(busyPoll));
    }
}
