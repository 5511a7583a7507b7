package dev.lockstep.tftp.server.cli;

import dev.lockstep.tftp.transfer.Limits;
import java.time.Duration;
import picocli.CommandLine.Option;

/** Flags that bound what a transfer may ask for and how long it may take. */
final class LimitOptions {
    @Option(names = "--blksize-limit", paramLabel = "N", description = "The largest block granted, 8 to 65464.")
    private int blksizeLimit = Limits.DEFAULT.blksize();

    @Option(names = "--windowsize-limit", paramLabel = "N", description = "The widest window granted, 1 to 32767; 64.")
    private int windowsizeLimit = Limits.DEFAULT.windowsize();

    @Option(names = "--window-bytes-limit", paramLabel = "SIZE", description = "The same in bytes; 96K by default.")
    private ByteSize windowBytesLimit = new ByteSize(Limits.DEFAULT.windowBytes());

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "A fixed wait before a resend; measured from the round trips by default.")
    private double timeout;

    @Option(names = "--give-up", paramLabel = "SECONDS", description = "Silence after which a transfer ends; 30.")
    private double idleTimeout = Limits.DEFAULT.idleTimeout().toSeconds();

    @Option(names = "--exact-size", description = "Refuse an upload whose size is not the one announced for it.")
    private boolean exactSize;

    /** The limits these flags describe. */
    Limits limits() {
        return new Limits(
                blksizeLimit,
                windowsizeLimit,
                (int) Math.min(windowBytesLimit.octets(), Integer.MAX_VALUE),
                seconds(timeout),
                seconds(idleTimeout),
                Limits.DEFAULT.firstBlockTimeout(),
                Limits.DEFAULT.dally(),
                exactSize);
    }

    /** A duration from a number of seconds, parts of one included. */
    static Duration seconds(double number) {
        return Duration.ofNanos((long) (number * 1e9));
    }
}
