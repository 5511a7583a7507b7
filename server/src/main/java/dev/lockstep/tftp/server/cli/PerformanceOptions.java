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
    /** The limit of direct memory in bytes; without it, Netty takes as much as the heap may have. */
    private static final String MAX_DIRECT_MEMORY = "io.netty.maxDirectMemory";
    /** Direct memory for datagrams if there is little for chunks, in bytes. */
    private static final long DATAGRAMS = 16 << 20;

    @Option(
            names = "--buffer-memory",
            paramLabel = "SIZE",
            description = "Memory for file chunks of all transfers (default ${DEFAULT-VALUE}).")
    private ByteSize bufferMemory = new ByteSize(TftpServerBuilder.BUFFER_MEMORY);

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
     * Sets the limit of direct memory that these flags need, and the scheduling policy of this process if asked to.
     * Called before Netty's allocator is used.
     *
     * @throws IOException if the policy cannot be set
     */
    void applyToProcess() throws IOException {
        if (System.getProperty(MAX_DIRECT_MEMORY) == null) {
            System.setProperty(MAX_DIRECT_MEMORY, Long.toString(directMemory()));
        }
        if (batchScheduling) {
            BatchScheduling.apply();
        }
    }

    /** Returns the limit of direct memory in bytes: half of it is for chunks, see {@code BufferBudget}. */
    private long directMemory() {
        return 2 * Math.min(bufferMemory.bytes(), Long.MAX_VALUE / 4) + DATAGRAMS;
    }

    /**
     * Applies these flags to a builder.
     *
     * @throws IllegalArgumentException if a value is out of range
     */
    void applyTo(TftpServerBuilder builder) {
        builder.bufferMemory(bufferMemory.bytes());
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
