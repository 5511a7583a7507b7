package dev.lockstep.tftp.client.load.cli;

import dev.lockstep.tftp.client.load.ExpectedContent;
import dev.lockstep.tftp.client.load.FirmwareProfile;
import dev.lockstep.tftp.client.load.LoadPlan;
import dev.lockstep.tftp.client.load.LoadSchedule;
import dev.lockstep.tftp.client.load.Shard;
import dev.lockstep.tftp.client.load.Target;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.internal.impairment.LinkImpairment;
import dev.lockstep.tftp.internal.text.ByteSize;
import dev.lockstep.tftp.io.Source;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** The flags for the load to generate. */
final class LoadOptions {
    private static final long TRANSFERS = 1000;
    private static final int CLOSED_CONCURRENCY = 64;
    private static final int OPEN_CONCURRENCY = 10_000;
    private static final double MOST_SECONDS = 1e9;
    /** The size of a typical boot loader, in bytes. */
    private static final long DEFAULT_PUT_SIZE = 64 * 1024;

    private static final String JOB = "job";
    /** The variable with the index of a pod, from 0. */
    private static final String JOB_INDEX = "JOB_COMPLETION_INDEX";

    private static final class SizeConverter implements ITypeConverter<ByteSize> {
        @Override
        public ByteSize convert(String text) {
            try {
                return ByteSize.parse(text, 0);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    @Parameters(
            arity = "0..*", // none before a subcommand
            paramLabel = "URI[@WEIGHT]",
            description = "Files to transfer (tftp://HOST[:PORT]/PATH), chosen in proportion to their weights; {n} in a"
                    + " name is replaced by the number of the transfer.")
    private List<String> remotes = List.of();

    @Option(
            names = {"-n", "--transfers"},
            paramLabel = "N",
            description = "Number of transfers (default " + TRANSFERS + "; with --duration: no limit).")
    private Long transfers;

    @Option(
            names = {"-c", "--concurrency"},
            paramLabel = "C",
            description = "Concurrent transfers (default " + CLOSED_CONCURRENCY + "; with --rate: at most "
                    + OPEN_CONCURRENCY + ").")
    private Integer concurrency;

    @Option(names = "--rate", paramLabel = "PER_SECOND", description = "Start transfers at this rate.")
    private Double rate;

    @Option(
            names = "--ramp",
            paramLabel = "SECONDS",
            description = "Time until all clients are active, or the full rate is reached.")
    private double ramp;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            description = "Exclude transfers that start before this from the result; they are verified, too.")
    private double warmUp;

    @Option(
            names = {"-d", "--duration"},
            paramLabel = "SECONDS",
            description = "Time after which no more transfers start.")
    private Double duration;

    @Option(
            names = "--shard",
            paramLabel = "I/N",
            description =
                    "Run the I-th of N parts of the load test, one on each machine; all other flags describe the whole"
                            + " test (I is 1 to N, or 'job' in a pod of an indexed Job of Kubernetes).")
    private String shard = "1/1";

    @Option(
            names = "--start-at",
            paramLabel = "TIME",
            description = "Begin at this time (2026-12-01T09:30:00Z, HH:MM[:SS], +SECONDS or seconds since 1970).")
    private String startAt;

    @Option(names = "--put", description = "Write files instead of reading them.")
    private boolean put;

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            description = "Size of each file that --put writes, such as 4096 or 1M (default " + DEFAULT_PUT_SIZE / 1024
                    + "K).")
    private ByteSize size;

    @Option(
            names = "--verify",
            paramLabel = "FILE",
            description = "Expected content of the file (default: learnt from the transfers).")
    private Path verify;

    @Option(names = "--loss", paramLabel = "P", description = "Probability that a datagram is lost, 0 to 1.")
    private double loss;

    @Option(names = "--duplicate", paramLabel = "P", description = "Probability that a datagram is duplicated.")
    private double duplicate;

    @Option(
            names = "--reorder",
            paramLabel = "P",
            description = "Probability that a datagram is reordered with the next one.")
    private double reorder;

    @Option(names = "--delay", paramLabel = "MS", description = "Delay of each datagram.")
    private double delay;

    @Option(names = "--jitter", paramLabel = "MS", description = "Maximum additional delay.")
    private double jitter;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Seed of the impairment and of the choice of files (default ${DEFAULT-VALUE}).")
    private long seed = 1;

    /**
     * Returns the load to generate.
     *
     * @throws IllegalArgumentException for an invalid flag; the message contains its value and what was expected
     */
    LoadPlan plan(Optional<FirmwareProfile> profile, TransferMode mode) {
        if (remotes.isEmpty()) {
            throw new IllegalArgumentException("missing: URI[@WEIGHT]");
        }
        if (size != null && !put) {
            throw new IllegalArgumentException("--size: " + size.bytes() + " (expected: with --put)");
        }
        if (rate != null && !(rate > 0)) {
            throw new IllegalArgumentException("--rate: " + rate + " (expected: transfers a second, > 0)");
        }
        if (duration != null && !(duration > 0)) {
            throw new IllegalArgumentException("--duration: " + duration + " (expected: seconds, > 0)");
        }
        int defaultConcurrency = rate == null ? CLOSED_CONCURRENCY : OPEN_CONCURRENCY;
        LoadSchedule schedule = new LoadSchedule(
                concurrency == null ? defaultConcurrency : concurrency,
                rate == null ? 0 : rate,
                seconds("--ramp", ramp),
                seconds("--warm-up", warmUp),
                seconds("--duration", duration == null ? 0 : duration),
                allTransfers(),
                shard());
        List<Target> targets =
                remotes.stream().map(text -> Target.parse(text, mode)).toList();
        LinkImpairment impairment = new LinkImpairment(loss, duplicate, reorder, delay, jitter, seed);
        return new LoadPlan(targets, schedule, putSize(), profile, expectedContent(), impairment);
    }

    /** Returns the number of transfers of the shard, or {@link Long#MAX_VALUE} if only the duration limits them. */
    long transfers() {
        return allTransfers() == Long.MAX_VALUE ? Long.MAX_VALUE : shard().share(allTransfers());
    }

    private long allTransfers() {
        long defaultTransfers = duration == null ? TRANSFERS : Long.MAX_VALUE;
        return transfers == null ? defaultTransfers : transfers;
    }

    private Shard shard() {
        try {
            return Shard.parse(shard.startsWith(JOB) ? indexOfJob() + shard.substring(JOB.length()) : shard);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--shard: " + e.getMessage(), e);
        }
    }

    private String indexOfJob() {
        String index = System.getenv(JOB_INDEX);
        if (index == null || !index.matches("\\d{1,6}")) {
            throw new IllegalArgumentException(shard + " (expected: " + JOB_INDEX + " in the environment)");
        }
        return Integer.toString(Integer.parseInt(index) + 1);
    }

    /**
     * Returns the time to begin, or null to begin at once.
     *
     * @throws IllegalArgumentException for an invalid one, or one in the past
     */
    Instant start() {
        try {
            return startAt == null ? null : StartTime.parse(startAt, ZonedDateTime.now());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--start-at: " + e.getMessage(), e);
        }
    }

    private long putSize() {
        if (!put) {
            return Source.UNKNOWN_SIZE;
        }
        return size == null ? DEFAULT_PUT_SIZE : size.bytes();
    }

    private Optional<ExpectedContent> expectedContent() {
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
