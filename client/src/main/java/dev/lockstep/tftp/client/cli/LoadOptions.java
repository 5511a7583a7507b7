package dev.lockstep.tftp.client.cli;

import dev.lockstep.tftp.client.load.ExpectedContent;
import dev.lockstep.tftp.client.load.FirmwareProfile;
import dev.lockstep.tftp.client.load.LinkImpairment;
import dev.lockstep.tftp.client.load.LoadPlan;
import dev.lockstep.tftp.client.load.LoadSchedule;
import dev.lockstep.tftp.client.load.Target;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.transfer.Source;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Flags that say what load to make. */
final class LoadOptions {
    private static final long TRANSFERS = 1000;
    private static final int CLOSED_CONCURRENCY = 64;
    private static final int OPEN_CONCURRENCY = 10_000;
    private static final double MOST_SECONDS = 1e9;

    @Parameters(
            arity = "1..*",
            paramLabel = "URI[@WEIGHT]",
            description = "What to move; of several each as often as its weight says. {n} in a name is replaced by the"
                    + " number of the transfer.")
    private List<String> remotes;

    @Option(
            names = "--transfers",
            paramLabel = "N",
            description = "How many; 1000, with --duration as many as there is time for.")
    private Long transfers;

    @Option(names = "--concurrency", paramLabel = "C", description = "How many at once; 64, with --rate at most 10000.")
    private Integer concurrency;

    @Option(names = "--rate", paramLabel = "PER_SECOND", description = "Start transfers at this rate.")
    private Double rate;

    @Option(
            names = "--ramp",
            paramLabel = "SECONDS",
            description = "Time until all clients, or the full rate, are there.")
    private double ramp;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            description = "Count only transfers that begin after this; those before are made and checked, too.")
    private double warmUp;

    @Option(names = "--duration", paramLabel = "SECONDS", description = "Start no more transfers after this.")
    private Double duration;

    @Option(names = "--put", description = "Write files instead of reading them.")
    private boolean put;

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            converter = ByteSizeOption.Converter.class,
            description = "Octets of each file that --put writes: 4096, 64K, 1M; 64K.")
    private ByteSizeOption size;

    @Option(
            names = "--verify",
            paramLabel = "FILE",
            description = "What the file must hold; without, that is learnt from the transfers themselves.")
    private Path verify;

    @Option(names = "--loss", paramLabel = "P", description = "How likely a datagram is lost, 0 to 1.")
    private double loss;

    @Option(names = "--duplicate", paramLabel = "P", description = "How likely it comes twice.")
    private double duplicate;

    @Option(names = "--reorder", paramLabel = "P", description = "How likely the next one overtakes it.")
    private double reorder;

    @Option(names = "--delay", paramLabel = "MS", description = "How long each is on its way.")
    private double delay;

    @Option(names = "--jitter", paramLabel = "MS", description = "How much longer at most.")
    private double jitter;

    @Option(names = "--seed", paramLabel = "N", description = "Of the faults and the choice of files; 1.")
    private long seed = 1;

    /**
     * The load.
     *
     * @throws IllegalArgumentException for what makes no sense, with the value and what was expected
     */
    LoadPlan plan(Optional<FirmwareProfile> profile, TransferMode mode) {
        if (size != null && !put) {
            throw new IllegalArgumentException("--size: " + size.octets() + " (expected: with --put)");
        }
        if (rate != null && !(rate > 0)) {
            throw new IllegalArgumentException("--rate: " + rate + " (expected: transfers a second, > 0)");
        }
        if (duration != null && !(duration > 0)) {
            throw new IllegalArgumentException("--duration: " + duration + " (expected: seconds, > 0)");
        }
        int atOnce = rate == null ? CLOSED_CONCURRENCY : OPEN_CONCURRENCY;
        LoadSchedule schedule = new LoadSchedule(
                concurrency == null ? atOnce : concurrency,
                rate == null ? 0 : rate,
                seconds("--ramp", ramp),
                seconds("--warm-up", warmUp),
                seconds("--duration", duration == null ? 0 : duration),
                transfers());
        List<Target> targets =
                remotes.stream().map(text -> Target.parse(text, mode)).toList();
        LinkImpairment faults = new LinkImpairment(loss, duplicate, reorder, delay, jitter, seed);
        return new LoadPlan(targets, schedule, putSize(), profile, reference(), faults);
    }

    /** How many transfers there will be; {@link Long#MAX_VALUE} if only time ends them. */
    long transfers() {
        long otherwise = duration == null ? TRANSFERS : Long.MAX_VALUE;
        return transfers == null ? otherwise : transfers;
    }

    private long putSize() {
        if (!put) {
            return Source.UNKNOWN_SIZE;
        }
        return size == null ? ByteSizeOption.DEFAULT.octets() : size.octets();
    }

    private Optional<ExpectedContent> reference() {
        if (verify == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(ExpectedContent.of(verify));
        } catch (IOException e) {
            throw new IllegalArgumentException("--verify: " + verify + " (expected: a file that can be read)", e);
        }
    }

    private static Duration seconds(String flag, double value) {
        if (!(value >= 0 && value <= MOST_SECONDS)) {
            throw new IllegalArgumentException(flag + ": " + value + " (expected: seconds, >= 0)");
        }
        return Duration.ofNanos((long) (value * 1e9));
    }
}
