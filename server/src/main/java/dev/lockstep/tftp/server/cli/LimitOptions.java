package dev.lockstep.tftp.server.cli;

import dev.lockstep.tftp.internal.text.ByteSize;
import dev.lockstep.tftp.negotiation.TransferLimits;
import java.time.Duration;
import picocli.CommandLine.Option;

/** Flags that limit the negotiation and the duration of transfers. */
final class LimitOptions {
    @Option(
            names = "--blksize-limit",
            paramLabel = "N",
            description = "Largest blksize granted, 8 to 65464 (default ${DEFAULT-VALUE}).")
    private int blksizeLimit = TransferLimits.DEFAULT.blksize();

    @Option(
            names = "--windowsize-limit",
            paramLabel = "N",
            description = "Largest windowsize granted, 1 to 32767 (default ${DEFAULT-VALUE}).")
    private int windowsizeLimit = TransferLimits.DEFAULT.windowsize();

    @Option(
            names = "--window-bytes-limit",
            paramLabel = "SIZE",
            description = "Largest window granted, in bytes (default ${DEFAULT-VALUE}).")
    private ByteSize windowBytesLimit = new ByteSize(TransferLimits.DEFAULT.windowBytes());

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "Fixed retransmission timeout (default: adapted to the round-trip time).")
    private double timeout;

    @Option(names = "--give-up", paramLabel = "SECONDS", description = "Idle timeout of a transfer (default 30).")
    private double idleTimeout = TransferLimits.DEFAULT.idleTimeout().toSeconds();

    @Option(names = "--exact-size", description = "Refuse an upload whose size differs from its tsize.")
    private boolean exactSize;

    /** Returns the limits that these flags set. */
    TransferLimits limits() {
        return new TransferLimits(
                blksizeLimit,
                windowsizeLimit,
                (int) Math.min(windowBytesLimit.bytes(), Integer.MAX_VALUE),
                seconds(timeout),
                seconds(idleTimeout),
                TransferLimits.DEFAULT.firstBlockTimeout(),
                TransferLimits.DEFAULT.dally(),
                exactSize);
    }

    /** Returns a duration of a number of seconds, which may have a fraction. */
    static Duration seconds(double number) {
        return Duration.ofNanos((long) (number * 1e9));
    }
}
