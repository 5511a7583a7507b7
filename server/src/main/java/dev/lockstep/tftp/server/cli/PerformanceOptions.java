package dev.lockstep.tftp.server.cli;

import dev.lockstep.tftp.server.TftpServerBuilder;
import java.time.temporal.ChronoUnit;
import picocli.CommandLine.Option;

/** Flags that trade memory and processor time for speed. */
final class PerformanceOptions {
    private static final int LONGEST_SPIN = 1_000_000;

    @Option(
            names = "--buffer-memory",
            paramLabel = "SIZE",
            description = "For pieces of files, all transfers together; a quarter of the heap by default.")
    private ByteSize bufferMemory;

    @Option(names = "--event-loops", paramLabel = "N", description = "Threads that move packets; one a core.")
    private Integer eventLoops;

    @Option(
            names = "--busy-poll",
            paramLabel = "MICROSECONDS",
            description = "How long those threads look for more packets before they sleep, say 50; 0 by default."
                    + " Lock-step clients are served sooner; a core is never idle while there is traffic.")
    private long busyPoll;

    /** Sets what these flags say. */
    void applyTo(TftpServerBuilder builder) {
        if (bufferMemory != null) {
            builder.bufferMemory(bufferMemory.octets());
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
