package dev.lockstep.tftp.negotiation;

import dev.lockstep.tftp.codec.Options;
import java.util.HashSet;
import java.util.Set;

/**
 * Deviations from the protocol that a server applies for clients that need them.
 *
 * @param ignoresAllOptions whether all options are ignored, as by a server of RFC 1350
 * @param ignoredOptions names of options, in lower case, that are never granted
 * @param blksize the largest block size in bytes
 * @param rollover the block number after 65535 if none was negotiated: 0 or 1
 */
public record Quirks(boolean ignoresAllOptions, Set<String> ignoredOptions, int blksize, int rollover) {
    /** No deviations. */
    public static final Quirks NONE = new Quirks(false, Set.of(), TransferSettings.MAX_BLKSIZE, 0);
    /** Ignores all options. */
    public static final Quirks NO_OPTIONS = new Quirks(true, Set.of(), TransferSettings.MAX_BLKSIZE, 0);
    /** Block number 1 follows 65535. */
    public static final Quirks ROLLOVER_TO_1 = new Quirks(false, Set.of(), TransferSettings.MAX_BLKSIZE, 1);

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if a value is out of range
     */
    public Quirks {
        ignoredOptions = Set.copyOf(ignoredOptions);
        TransferLimits.require("blksize", blksize, TransferSettings.MIN_BLKSIZE, TransferSettings.MAX_BLKSIZE);
        TransferLimits.require("rollover", rollover, 0, 1);
    }

    /**
     * Returns quirks that ignore one option.
     *
     * @param option its name in lower case
     */
    public static Quirks without(String option) {
        return new Quirks(false, Set.of(option), TransferSettings.MAX_BLKSIZE, 0);
    }

    /**
     * Returns quirks that limit the block size.
     *
     * @param size the largest block size in bytes
     */
    public static Quirks blksizeUpTo(int size) {
        return new Quirks(false, Set.of(), size, 0);
    }

    /**
     * Returns the combination of these quirks and others; the smaller block size limit and the higher rollover apply.
     */
    public Quirks and(Quirks other) {
        Set<String> both = new HashSet<>(ignoredOptions);
        both.addAll(other.ignoredOptions);
        return new Quirks(
                ignoresAllOptions || other.ignoresAllOptions,
                both,
                Math.min(blksize, other.blksize),
                Math.max(rollover, other.rollover));
    }

    /** Returns the limits with the block size limit of these quirks. */
    public TransferLimits narrow(TransferLimits limits) {
        return blksize < limits.blksize() ? limits.withBlksize(blksize) : limits;
    }

    /** Returns the requested options without the ignored ones. */
    Options effectiveOptions(Options asked) {
        Options effectiveOptions = Options.NONE;
        if (!ignoresAllOptions) {
            for (Options.Option option : asked) {
                effectiveOptions = ignoredOptions.contains(option.key())
                        ? effectiveOptions
                        : effectiveOptions.with(option.name(), option.value());
            }
        }
        return effectiveOptions;
    }
}
